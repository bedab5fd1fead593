#pragma once

#include "pkg/home/home.hpp"
#include "storage/volume_store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace upkeep {

// What went. Ids, but for volumes, which have names.
struct Pruned {
  std::vector<std::string> pods;
  std::vector<std::string> containers;
  std::vector<std::string> volumes;
  std::vector<std::string> images;
  std::int64_t freed = 0;  // bytes of the disk, as du(1) counts
};

struct ImagePrune {
  bool all = false;  // those that no container uses; else those without a name
  std::vector<std::string> filters;
};

// Images as `images::list` filters them, and what was left behind by whoever was killed.
Pruned prune_images(const home::Home& home, const ImagePrune& options);
// Containers that do not run. Filters here and below: "until=", "label=", "label!=". Throws
// base::Error for others.
Pruned prune_containers(const home::Home& home, const std::vector<std::string>& filters);
// Pods whose containers have all ended, with these.
Pruned prune_pods(const home::Home& home, const std::vector<std::string>& filters);

// Volumes that no container mounts; the filters are those of containers::select_volumes.
Pruned prune_volumes(const home::Home& home, const std::vector<std::string>& filters);
std::vector<storage::Volume> unused_volumes(const home::Home& home,
                                            const std::vector<std::string>& filters);

struct SystemPrune {
  bool all_images = false;
  bool volumes = false;  // those that no container mounts
  std::vector<std::string> filters;
};
// All of these, one after the other.
Pruned prune_system(const home::Home& home, const SystemPrune& options);

}  // namespace upkeep
