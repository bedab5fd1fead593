#pragma once

#include "pkg/sys/fd.hpp"

namespace runtime {

// Copies what is in one directory into another, empty one: files, directories and links, with their
// owners, modes and times. Sockets and devices stay behind. Throws base::Error.
void copy_up(const sys::Fd& from, const sys::Fd& to);

}  // namespace runtime
