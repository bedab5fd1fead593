#pragma once

#include <string>
#include <vector>

namespace storage {

// A path that is not in one tree what it is in another: "/etc/passwd".
struct Change {
  enum class Kind { Added, Changed, Deleted };
  Kind kind = Kind::Changed;
  std::string path;

  friend bool operator==(const Change&, const Change&) = default;
};

// What makes `after` of `before`, sorted by path. Each is a tree put together from folders in
// overlay's form, topmost first; nothing is mounted. Folders that both have in common are not
// looked at again, so a container is compared with its image as fast as it has written little.
// Files are told apart by what stat(2) says. Where files belong to subordinate ids, from inside the
// user's namespace only.
std::vector<Change> changes_between(const std::vector<std::string>& before,
                                    const std::vector<std::string>& after);

}  // namespace storage
