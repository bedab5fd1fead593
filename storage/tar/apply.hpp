#pragma once

#include "pkg/sys/fd.hpp"
#include "pkg/userns/ids.hpp"
#include "storage/tar/outline.hpp"
#include "storage/tar/source.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace tar {

struct Applied {
  std::int64_t size = 0;   // bytes of regular files
  std::int64_t files = 0;  // members
  bool squashed = false;   // owners other than root were given up
};

// What one layer may have. Room for its files is not among them: the disk's is what there is.
struct Limits {
  std::int64_t members = 10'000'000;
  std::int64_t around = Reader::kMostAround;      // bytes that are no file's
  std::int64_t names = std::int64_t{256} << 20U;  // bytes of folders' names, kept until the end
};

struct Rules {
  bool squash_owners = false;  // only a single id is mapped
  Outline* outline = nullptr;  // is finished with the layer, if there is one
  Limits limits = {};
};

// Unpacks a layer (inflated tar) below an empty directory, with overlay's whiteouts in place of the
// archive's. Needs neither the layers below nor anything in them. Device nodes and sockets are left
// away: a user namespace may not have them. Reads the source to its end, and throws base::Error
// naming the member that cannot be had; what is there then is the caller's to remove. A file that
// claims more bytes than the disk has free is not begun: base::SysError with ENOSPC.
Applied apply(Source& tar, const sys::Fd& root, const Rules& rules);

// The same for an archive that is no layer: names that begin with ".wh." are names, and below the
// directory there may be something already. Files replace files, and directories are merged.
struct UnpackOptions {
  bool squash_owners = false;
  // In place of the owners that the archive has: user and group.
  std::optional<std::pair<std::uint32_t, std::uint32_t>> owner;
  userns::Ids ids;                   // of the container that the archive's owners are meant for
  bool replaces_directories = true;  // by files, and the other way round; false: an error
  bool changes_root = true;          // its mode and owner, when the archive has the root itself
  Limits limits = {};
};
Applied unpack(Source& tar, const sys::Fd& root, const UnpackOptions& options);

}  // namespace tar
