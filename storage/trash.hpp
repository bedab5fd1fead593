#pragma once

#include "pkg/home/home.hpp"
#include "storage/layout.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace storage {

// Renames a file or folder into the trash: gone for everybody at once, whatever its size, and
// without needing space on the disk. Nothing there is fine: then the answer is "", else its new
// path. Freeing many small folders takes milliseconds on a busy machine: where somebody waits, this
// comes first, and `empty_trash` when they have their answer.
std::string move_to_trash(const Layout& layout, const std::string& path);

// The same, and removes it there as far as the rights of this process go. What is left waits for
// `empty_trash`; false then.
bool throw_away(const Layout& layout, const std::string& path);

// Into the trash and gone from there: as we are, else inside the user's namespace, since files may
// belong to subordinate ids. What cannot be removed stays in the trash and is warned about.
void discard(const home::Home& home, const std::string& path);

struct Emptied {
  bool is_clean = true;    // nothing had to stay
  std::int64_t freed = 0;  // bytes of the disk, as du(1) counts
};
// Removes what is in the trash and nobody else is removing just now, as `discard` does.
Emptied empty_trash(const home::Home& home);
// The same for these places in the trash alone, which `move_to_trash` has answered.
Emptied empty_trash(const home::Home& home, const std::vector<std::string>& moved);

// What killed processes left: staging folders, writable layers without a container, trash, lock
// files, names that lead nowhere. Whatever a living process holds stays. Cheap when there is
// nothing; called by commands that change the store. Returns the bytes of the disk that this freed.
std::int64_t recover(const home::Home& home);

// What `recover` would remove.
std::vector<std::string> leftovers(const home::Home& home);

}  // namespace storage
