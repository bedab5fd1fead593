#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/home/home.hpp"
#include "storage/image_store.hpp"
#include "storage/volume_store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace upkeep {

// One kind of thing. What is reclaimable comes free when those that are not active are pruned.
// "Images" (with lists of them), "Containers", "Local Volumes"; where there are any "Pods" and
// "Artifacts", which nothing prunes.
struct KindUse {
  std::string kind;
  std::int64_t total = 0;
  std::int64_t active = 0;
  std::int64_t size = 0;  // bytes, as du(1) counts
  std::int64_t reclaimable = 0;
};

struct ImageUse {
  storage::Image image;
  std::int64_t size = 0;
  std::int64_t shared = 0;  // with other images
  std::int64_t containers = 0;
};

struct ContainerUse {
  containers::Container container;
  containers::State state;
  std::int64_t size = 0;  // writable layer, record and log
  std::int64_t volumes = 0;
};

struct VolumeUse {
  storage::Volume volume;
  std::int64_t size = 0;
  std::int64_t links = 0;  // containers that mount it
};

struct DiskUse {
  std::vector<KindUse> kinds;
  std::vector<ImageUse> images;
  std::vector<ContainerUse> containers;
  std::vector<VolumeUse> volumes;
};

// Images have with them what pulls and other commands that were killed left behind, which pruning
// removes as well.
DiskUse disk_use(const home::Home& home);

}  // namespace upkeep
