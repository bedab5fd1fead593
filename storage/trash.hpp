#pragma once

#include <string>

#include "pkg/home/home.hpp"

namespace storage {

// Renames a file or folder into the trash: gone for everybody at once, whatever its size, and
// without needing space on the disk. Nothing there is fine.
void discard(const home::Home& home, const std::string& path);

// Removes what is in the trash. Files of subordinate ids need the user namespace: tried as we are
// first, then inside (userns is above this room, so the caller passes how: see images/remove).
// False when something could not be removed this way.
bool empty_trash(const home::Home& home);

// What killed processes left: staging folders and trash whose lock nobody holds. Cheap when there is
// nothing; called by commands that change the store.
void recover(const home::Home& home);

}  // namespace storage
