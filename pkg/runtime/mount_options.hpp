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
  std::uint64_t propagation = 0;                // MS_PRIVATE ...; 0: as it is
  bool is_recursive = true;                     // of a bind mount: with what is mounted below
  bool copies_up = false;                       // of a tmpfs: starts with what the image has there
  std::vector<sys::MountParameter> parameters;  // the file system's own: size, mode ...
};

MountOptions parse_mount_options(const std::vector<std::string>& words);

}  // namespace runtime
