#pragma once

#include "pkg/sys/fd.hpp"

#include <sys/types.h>

namespace sys {

// Copies what is in one directory, and the directory's own owner, mode and times, into another that
// is empty: files (by reflink where the file system can), directories, symbolic links, with owners,
// modes and modification times. Hard links become files of their own; sockets, pipes and devices
// are left out. Throws base::SysError.
void copy_tree(const Fd& from, const Fd& to);

// The bytes of a file into another that is empty, by reflink where the file systems can; else its
// holes stay holes. Throws base::SysError.
void copy_bytes(const Fd& from, const Fd& to);

// Gives a file, or a directory with all below it, to another owner; links are not followed.
// Throws base::SysError.
void change_owner(const Fd& file, uid_t uid, gid_t gid);

}  // namespace sys
