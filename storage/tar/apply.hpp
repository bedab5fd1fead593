#pragma once

#include "pkg/sys/fd.hpp"
#include "storage/tar/outline.hpp"
#include "storage/tar/source.hpp"

#include <cstdint>

namespace tar {

struct Applied {
  std::int64_t size = 0;   // bytes of regular files
  std::int64_t files = 0;  // members
  bool squashed = false;   // owners other than root were given up
};

// Unpacks a layer (inflated tar) below an empty directory, with overlay's whiteouts in place of the
// archive's. Needs neither the layers below nor anything in them. Device nodes and sockets are left
// away: a user namespace may not have them. Reads the source to its end, and throws base::Error
// naming the member that cannot be had; what is there then is the caller's to remove. `outline`,
// if there is one, is finished with it.
Applied apply(Source& tar, const sys::Fd& root, bool squash_owners, Outline* outline = nullptr);

}  // namespace tar
