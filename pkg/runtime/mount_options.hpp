#pragma once

#include "pkg/sys/mount.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace runtime {

// The options of a mount in the words of mount(8), sorted by who has to know them.
struct MountOptions {
  std::uint64_t set = 0;  // MOUNT_ATTR_*
  std::uint64_t clear = 0;
  std::uint64_t set_below = 0;  // of "rro" and its like: also of what is mounted below
  std::uint64_t clear_below = 0;
  std::uint64_t propagation = 0;  // MS_PRIVATE ...; 0: as it is
  bool propagates_below = true;   // "rprivate", not "private"
  bool is_bind = false;           // whatever its type is
  bool is_recursive = true;       // of a bind mount: with what is mounted below
  bool copies_up = false;         // of a tmpfs: starts with what the image has there
  bool copies_link = false;       // of a bind mount: a link is made again, not mounted
  bool follows_source = true;     // the last part of a bind mount's source
  bool maps_ids = false;          // "idmap", "ridmap"
  bool maps_below = false;
  std::vector<std::string> of_kernel;           // of new file systems only: "sync", "lazytime"
  std::vector<sys::MountParameter> parameters;  // the file system's own: size, mode ...
};

MountOptions parse_mount_options(const std::vector<std::string>& words);

// All that we know but a file system's own, sorted.
std::vector<std::string> mount_option_words();

}  // namespace runtime
