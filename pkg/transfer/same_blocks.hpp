#pragma once

#include <string>

namespace transfer {

// Where the file system can (btrfs, xfs), lets the files of a tree rest on the blocks of those that
// have the same paths in another. The kernel compares them, and neither tree looks different
// afterwards; nothing is written to the first one. Gives up for good where it cannot be done.
class SameBlocks {
 public:
  void share(const std::string& from, const std::string& to);

 private:
  bool is_possible_ = true;
};

}  // namespace transfer
