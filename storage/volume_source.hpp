#pragma once

#include "storage/volume_store.hpp"

#include <string>
#include <vector>

namespace storage {

// What the options of the driver "local" say that is mounted for a volume.
struct VolumeSource {
  enum class Kind {
    Folder,  // its own, in the store
    Bind,    // a folder of the host
    Tmpfs,   // memory, new with each container
  };
  Kind kind = Kind::Folder;
  std::string device;                // of Bind
  std::vector<std::string> options;  // of the mount: "size=10m", "noexec", "nocopy"
  std::optional<std::uint32_t> uid;  // who a folder is given to
  std::optional<std::uint32_t> gid;
};

// "type", "device" and "o", as `volume create --opt` takes them. Throws base::Error for what only
// root of the host can mount, and for what is no option.
VolumeSource source_of(const std::map<std::string, std::string>& options);

}  // namespace storage
