#pragma once

#include "storage/other_store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace storage {

// The images of our own store, and after them those of the additional stores, which are looked for
// only when they are asked for. One that is in several is that of the first.
class AllImages {
 public:
  // `home` has to outlive it.
  explicit AllImages(const home::Home& home) : home_(home), own_(Layout(home)) {}

  // As of ImageStore.
  std::optional<Image> find(const std::string& id, bool with_names = false) const;
  std::optional<std::string> find_id(const std::string& name) const;
  std::vector<std::string> ids() const;
  std::vector<std::string> names() const;  // of images and lists
  std::vector<Image> list() const;
  bool is_whole(const Image& image) const;
  std::string manifest_bytes(const Image& image) const;

  // False for an image of an additional store that has to be copied before containers can use it.
  bool can_be_mounted(const Image& image) const;

 private:
  using Others = std::vector<std::unique_ptr<OtherStore>>;

  const Others& others() const;
  const OtherStore* find_store(const Image& image) const;

  const home::Home& home_;
  ImageStore own_;
  mutable std::optional<Others> others_;
};

// Where the files of layers are, in their order; a layer that is nowhere is missing in our own
// store.
std::vector<std::string> trees_of(const home::Home& home, const std::vector<std::string>& layers);
// The bytes that a layer's files have; 0 when there is no such layer.
std::int64_t layer_size(const home::Home& home, const std::string& layer);

}  // namespace storage
