#pragma once

#include "pkg/transfer/layers.hpp"
#include "storage/image_store.hpp"
#include "storage/layer_blobs.hpp"
#include "storage/tar/source.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace transfer {

// A layer of a store that is not ours to write to.
struct OtherLayer {
  std::string name;  // for messages
  std::string tree;  // its files, which those of the archive are
  // The archive that it came from. Throws base::Error when that cannot be given back.
  std::function<std::unique_ptr<tar::Source>()> open;
  std::optional<storage::LayerBlob> blob;  // the compressed form it came in
};

struct OtherImage {
  storage::Image image;  // with its names, without its layers' ids and sizes
  std::string config_bytes;
  std::string manifest_bytes;       // "" where there is none that fits
  std::vector<WantedLayer> layers;  // bottom first
  std::vector<OtherLayer> theirs;   // in the same order
};

// An image of a store of pod's. Throws base::Error when something of it is missing.
OtherImage describe_ours(const storage::Layout& layout, const std::string& id);

// Copies it into our store with its names; where it comes from is only read. Returns its id.
std::string take_over(const Store& store, const OtherImage& other);

}  // namespace transfer
