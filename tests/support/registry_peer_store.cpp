#include "tests/support/registry_peer_store.hpp"

#include "pkg/base/base64.hpp"
#include "pkg/base/json.hpp"
#include "pkg/hash/sha256.hpp"
#include "tests/support/split_text.hpp"
#include "tests/support/tar_text.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

namespace support {
namespace {

namespace fs = std::filesystem;
using base::Json;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

PeerStore::PeerStore(std::string root) : root_(std::move(root)) {
  for (const char* folder : {"overlay", "overlay-images", "overlay-layers"})
    fs::create_directories(root_ + "/" + folder);
  write(root_ + "/overlay-images/images.lock", "");
  write(root_ + "/overlay-layers/layers.lock", "");
  write_lists();
}

RegistryImage PeerStore::add(const std::vector<std::string>& tars,
                             const std::vector<std::string>& names) {
  RegistryImage made = make_registry_image(tars);
  Image image{.id = made.id(), .names = names, .layers = {}, .big_names = {}};
  std::string parent;
  for (std::size_t i = 0; i < tars.size(); ++i) {
    const std::string diff = hash::sha256(tars[i]);
    const Blob& blob = made.layers[i];
    Layer layer{.id = parent.empty() ? diff : hash::sha256(parent + "+" + diff),
                .parent = parent,
                .diff_id = "sha256:" + diff,
                .blob = blob.digest,
                .blob_size = blob.bytes.size(),
                .size = tars[i].size()};
    parent = layer.id;
    image.layers.push_back(layer.id);
    add_layer(layer, tars[i]);
  }
  const std::string digest = made.manifest.digest;
  image.big_names = {made.config.digest, "manifest-" + digest, "manifest"};
  add_big(image.id, made.config.digest, made.config.bytes);
  add_big(image.id, "manifest", made.manifest.bytes);
  add_big(image.id, "manifest-" + digest, made.manifest.bytes);
  images_.push_back(std::move(image));
  write_lists();
  return made;
}

void PeerStore::add_layer(const Layer& layer, const std::string& tar) {
  if (std::ranges::count(layers_, layer.id, &Layer::id) != 0) return;
  const Split split = split_tar(tar);
  const std::string tree = root_ + "/overlay/" + layer.id + "/diff";
  fs::create_directories(tree);
  for (const auto& [name, body] : split.files)
    write(tree + "/" + name, body);
  write(root_ + "/overlay-layers/" + layer.id + ".tar-split.gz", gzip(split.lines));
  layers_.push_back(layer);
}

void PeerStore::add_big(const std::string& image, const std::string& name,
                        const std::string& text) {
  const std::string file = name == "manifest" ? name : "=" + base::base64_encode(name);
  write(root_ + "/overlay-images/" + image + "/" + file, text);
}

std::string PeerStore::tree(const RegistryImage& image, std::size_t layer) const {
  const auto found = std::ranges::find(images_, image.id(), &Image::id);
  return root_ + "/overlay/" + found->layers.at(layer) + "/diff";
}

std::string PeerStore::split(const RegistryImage& image, std::size_t layer) const {
  const auto found = std::ranges::find(images_, image.id(), &Image::id);
  return root_ + "/overlay-layers/" + found->layers.at(layer) + ".tar-split.gz";
}

void PeerStore::write_lists() const {
  Json layers = Json::array();
  for (const Layer& layer : layers_) {
    Json json = Json::object({{"id", layer.id}});
    if (!layer.parent.empty()) json["parent"] = layer.parent;
    json["compressed-diff-digest"] = layer.blob;
    json["compressed-size"] = static_cast<std::int64_t>(layer.blob_size);
    json["diff-digest"] = layer.diff_id;
    json["diff-size"] = static_cast<std::int64_t>(layer.size);
    json["compression"] = 2;
    layers.push_back(std::move(json));
  }
  Json images = Json::array();
  for (const Image& image : images_) {
    images.push_back(Json::object({{"id", image.id},
                                   {"names", Json(image.names)},
                                   {"layer", image.layers.back()},
                                   {"big-data-names", Json(image.big_names)}}));
  }
  write(root_ + "/overlay-layers/layers.json", layers.dump());
  write(root_ + "/overlay-images/images.json", images.dump());
}

}  // namespace support
