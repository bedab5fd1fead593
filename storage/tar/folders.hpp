#pragma once

#include "pkg/sys/fd.hpp"

#include <string>
#include <unordered_map>

namespace tar {

// The directories of a tree that nobody trusts, each resolved by the kernel inside the root
// (openat2) once and kept open, up to a number.
class Folders {
 public:
  explicit Folders(const sys::Fd& root) : root_(root) {}

  // Of a path below the root, "" for the root itself; valid until the next call. Nothing when there
  // is no such directory.
  const sys::Fd* find(const std::string& path);
  // Where a directory is below the root, whatever links have led to it.
  std::string real_path(const sys::Fd& directory) const;
  // Paths lead elsewhere from now on.
  void forget();

 private:
  const sys::Fd& root_;
  std::unordered_map<std::string, sys::Fd> open_;
  std::string last_path_;
  const sys::Fd* last_ = nullptr;
};

}  // namespace tar
