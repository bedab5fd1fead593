#pragma once

#include "pkg/sys/fd.hpp"
#include "storage/stack.hpp"

#include <string>

namespace storage {

// The same as overlay by a program, where the kernel's is refused. It serves the mount in a process
// of its own, which ends when the mount has gone everywhere, however that happens.
sys::Fd mount_fuse_overlayfs(const Stack& stack, const std::string& mountpoint);

// Tries it in `folder`, which is empty and on the store's file system. Throws base::Error saying
// why it cannot be used.
void probe_fuse_overlayfs(const std::string& folder, const std::string& mountpoint);

}  // namespace storage
