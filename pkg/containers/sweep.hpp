#pragma once

#include "pkg/home/home.hpp"

#include <string>
#include <vector>

namespace containers {

// Removes what commands and monitors that were killed left of containers and pods: folders in the
// making, names that lead nowhere, runtime folders without a record, containers with --rm that
// nobody will start or remove any more, anonymous volumes of containers that are gone. Whatever a
// living process holds stays. What was on the disk goes to the trash.
void sweep(const home::Home& home);
// The same, and the trash is emptied.
void tidy_up(const home::Home& home);

// What `sweep` would remove of the disk.
std::vector<std::string> leftovers(const home::Home& home);

}  // namespace containers
