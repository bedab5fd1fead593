#pragma once

#include "pkg/oci/image_config.hpp"
#include "pkg/oci/manifest.hpp"
#include "pkg/transfer/archive.hpp"
#include "pkg/transfer/layers.hpp"

#include <string>
#include <vector>

namespace transfer {

// One image of a docker-archive or an oci-archive.
struct SavedImage {
  oci::ImageConfig config;
  std::string config_bytes;
  std::string manifest_bytes;       // "" where the archive has none: docker-archive
  std::string manifest_digest;      // likewise
  std::vector<WantedLayer> layers;  // bottom first
  std::vector<std::string> files;   // of the layers, in the same order
  std::vector<std::string> names;   // complete ones
};

// All that are in there. Throws base::Error when it is neither kind of archive.
std::vector<SavedImage> list_saved(const Files& files);

}  // namespace transfer
