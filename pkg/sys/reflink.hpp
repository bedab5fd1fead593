#pragma once

#include "pkg/sys/fd.hpp"

#include <cstdint>

// Files that rest on the same blocks of the disk (btrfs, xfs) until one of them is written to.
namespace sys {

// Makes `to` a copy of `from` without copying; false when the file system cannot.
bool clone_file(const Fd& from, const Fd& to);

// Lets `to` rest on the blocks of `from`, as far as the kernel finds the same bytes there; neither
// contents nor times change. Whether that is so for all of its `size` bytes now.
bool share_blocks(const Fd& from, const Fd& to, std::uint64_t size);

// Whether they begin on the same blocks, that is, share them already.
bool has_same_blocks(const Fd& one, const Fd& other);

}  // namespace sys
