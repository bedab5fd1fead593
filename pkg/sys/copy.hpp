#pragma once

#include "pkg/sys/fd.hpp"

namespace sys {

// Copies what is in one directory, and the directory's own owner, mode and times, into another that
// is empty: files (by reflink where the file system can), directories, symbolic links, with owners,
// modes and modification times. Hard links become files of their own; sockets, pipes and devices
// are left out. Throws base::SysError.
void copy_tree(const Fd& from, const Fd& to);

}  // namespace sys
