#pragma once

#include "pkg/home/home.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>

namespace storage {

// What trees take of the disk: blocks, as du(1) counts them. A file that has names in several trees
// counts once, and its blocks come free only when its last name goes.
class Blocks {
 public:
  void add(const struct stat& status);
  // What another tree has.
  void add(const Blocks& other);

  std::int64_t used() const;   // bytes
  std::int64_t freed() const;  // bytes that come free when all of this is removed

  // One line, and back.
  std::string text() const;
  static Blocks parse(const std::string& text);

 private:
  struct File {
    std::uint64_t names = 0;  // seen here
    std::uint64_t links = 0;  // there are
    std::int64_t bytes = 0;
  };
  using Inode = std::pair<std::uint64_t, std::uint64_t>;

  void add_file(const Inode& inode, const File& file);

  std::int64_t own_ = 0;  // of what has all its names here
  std::map<Inode, File> shared_;
};

// Of each of these paths with all below it, also where only the user's namespace may look. What is
// not there takes nothing.
std::vector<Blocks> measure(const home::Home& home, const std::vector<std::string>& paths);

}  // namespace storage
