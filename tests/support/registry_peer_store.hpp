#pragma once

#include "tests/support/registry_image.hpp"

#include <string>
#include <vector>

namespace support {

// A store of containers/storage, byte for byte as podman leaves one, but that its trees hold
// regular files only: everything else is in tar-split's files.
class PeerStore {
 public:
  explicit PeerStore(std::string root);

  // An image whose layers are these archives, as if it had been pulled by its names.
  RegistryImage add(const std::vector<std::string>& tars, const std::vector<std::string>& names);
  // Of the layer at that place of an image that was added.
  std::string tree(const RegistryImage& image, std::size_t layer) const;
  std::string split(const RegistryImage& image, std::size_t layer) const;
  std::string layers_file() const { return root_ + "/overlay-layers/layers.json"; }

 private:
  struct Layer {
    std::string id;
    std::string parent;
    std::string diff_id;
    std::string blob;
    std::size_t blob_size = 0;
    std::size_t size = 0;
  };
  struct Image {
    std::string id;
    std::vector<std::string> names;
    std::vector<std::string> layers;  // bottom first
    std::vector<std::string> big_names;
  };

  void add_layer(const Layer& layer, const std::string& tar);
  void add_big(const std::string& image, const std::string& name, const std::string& text);
  void write_lists() const;

  std::string root_;
  std::vector<Layer> layers_;
  std::vector<Image> images_;
};

}  // namespace support
