#pragma once

#include "pkg/sys/fd.hpp"
#include "storage/stack.hpp"

#include <cstdint>
#include <string>

namespace storage {

// How this kernel takes the layers of an overlay.
enum class OverlayCall {
  Descriptors,  // since 6.13
  Paths,        // lowerdir+, since 6.8
  Mount,        // mount(2) at a folder, copied from there
};

// The kernel's own overlay, as a detached mount. `mountpoint` is any folder; it is only used by
// OverlayCall::Mount, and only in our mount namespace.
sys::Fd mount_overlay(const Stack& stack, OverlayCall call, const std::string& mountpoint);

// Tries in `folder`, which is empty and on the store's file system, what containers need: a mount,
// deletion of files, a folder made again where one was deleted. Throws base::Error saying why not.
OverlayCall probe_overlay(const std::string& folder, const std::string& mountpoint);

// Makes an empty file show the contents, so many bytes, of the file at `path` in the data layers
// that it is mounted with.
void lend_contents(const sys::Fd& file, const std::string& path, std::int64_t size);

// Whether that works in a user namespace, which it does since Linux 6.16. Tried in `folder`, after
// probe_overlay.
bool can_lend_contents(const std::string& folder, OverlayCall call);

}  // namespace storage
