#pragma once

#include "pkg/oci/image_config.hpp"
#include "pkg/transfer/layers.hpp"
#include "storage/image_store.hpp"

#include <string>
#include <vector>

namespace transfer {

// What an image of our own making consists of, beside its layers.
struct Made {
  std::string config;
  std::string manifest;
};
// Whose words the manifest is written in.
enum class Format { Oci, Docker };
// The layers, bottom first, are listed as their `blob` and `blob_size` say: compressed by gzip when
// that is not the diff id.
Made describe(std::string config, const std::vector<storage::Layer>& layers,
              Format format = Format::Oci);

// The same layers as what they are here: archives that are not compressed.
std::vector<storage::Layer> as_plain(const Store& store, std::vector<storage::Layer> layers);

// Publishes an image whose layers are all there and gives it its names. Returns its id.
std::string publish(const Store& store, storage::Image image, const Made& made,
                    const std::vector<std::string>& names);

}  // namespace transfer
