#pragma once

#include "pkg/home/home.hpp"

namespace upkeep {

// Ends every container and removes everything of this user: images, containers, pods, volumes,
// their state, what is cached. Also what is damaged, and what belongs to subordinate ids. Folders
// that others put their things in as well stay, with these. Throws base::Error when something must
// stay.
void reset(const home::Home& home);

}  // namespace upkeep
