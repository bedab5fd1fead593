// See github.com/containers/storage, images.go, layers.go and drivers/.
#include "storage/peer_store.hpp"

#include "pkg/base/base64.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/json.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace storage {
namespace {

constexpr const char* kDrivers[] = {"overlay", "vfs"};
constexpr std::size_t kMostLayers = 1000;

// Ids stand in paths.
std::string id_in(const base::Json& json, std::string_view key) {
  std::string id = json.string_or(key, "");
  if (!id.empty() && !base::is_id_prefix(id)) {
    throw base::Error(fmt::format("{}: \"{}\" is no id", key, id));
  }
  return id;
}

PeerImage image_of(const base::Json& json) {
  return {.id = id_in(json, "id"),
          .names = json.strings_or_none("names"),
          .digest = json.string_or("digest", ""),
          .top_layer = id_in(json, "layer"),
          .big_names = json.strings_or_none("big-data-names")};
}

// pkg/archive: Compression.
std::string compression_of(std::int64_t number) {
  constexpr std::int64_t kNone = 0;
  constexpr std::int64_t kGzip = 2;
  constexpr std::int64_t kZstd = 4;
  if (number == kNone) return "none";
  if (number == kGzip) return "gzip";
  return number == kZstd ? "zstd" : "";
}

PeerLayer layer_of(const base::Json& json) {
  const base::Json* flags = json.find("flags");
  return {.id = id_in(json, "id"),
          .parent = id_in(json, "parent"),
          .diff_id = json.string_or("diff-digest", ""),
          .size = json.integer_or("diff-size", 0),
          .blob = json.string_or("compressed-diff-digest", ""),
          .blob_size = json.integer_or("compressed-size", 0),
          .compression = compression_of(json.integer_or("compression", 0)),
          .is_complete = flags == nullptr || !flags->bool_or("incomplete", false)};
}

// What is not made of these letters alone has another name on the disk.
std::string file_of(const std::string& big_name) {
  const bool is_plain = std::ranges::all_of(big_name, [](char letter) {
    return letter == '.' || (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z');
  });
  return is_plain ? big_name : "=" + base::base64_encode(big_name);
}

template <typename One>
std::vector<One> read_list(const std::string& path, One (*parse)(const base::Json&)) try {
  std::vector<One> list;
  const auto text = sys::find_file(path);
  if (!text) return list;
  const base::Json json = base::Json::parse(*text);
  if (json.is_null()) return list;
  for (const base::Json& one : json.as_array())
    list.push_back(parse(one));
  return list;
} catch (base::Error& error) {
  if (!std::string_view(error.what()).starts_with(path)) error.during(path);
  throw;
}

}  // namespace

std::optional<PeerStore> PeerStore::find(const std::string& root) {
  for (const char* driver : kDrivers) {
    PeerStore store(root, driver);
    if (sys::exists(store.images_folder() + "/images.json")) return store;
  }
  return std::nullopt;
}

std::vector<PeerImage> PeerStore::images() const {
  return read_list(images_folder() + "/images.json", image_of);
}

std::vector<PeerLayer> PeerStore::layers() const {
  return read_list(layers_folder() + "/layers.json", layer_of);
}

std::optional<std::string> PeerStore::find_big(const PeerImage& image,
                                               const std::string& name) const {
  const std::string file = file_of(name);
  if (file.find('/') != std::string::npos || file.starts_with('.')) return std::nullopt;
  return sys::find_file(images_folder() + "/" + image.id + "/" + file);
}

std::string PeerStore::tree(const std::string& layer) const {
  return driver_ == "vfs" ? root_ + "/vfs/dir/" + layer
                          : fmt::format("{}/{}/{}/diff", root_, driver_, layer);
}

std::string PeerStore::split(const std::string& layer) const {
  return layers_folder() + "/" + layer + ".tar-split.gz";
}

std::optional<sys::Lock> PeerStore::lock_images() const {
  return sys::Lock::find_record(images_folder() + "/images.lock");
}

std::optional<sys::Lock> PeerStore::lock_layers() const {
  return sys::Lock::find_record(layers_folder() + "/layers.lock");
}

std::vector<PeerLayer> chain_of(const std::vector<PeerLayer>& all, const PeerImage& image) {
  std::vector<PeerLayer> chain;
  std::string id = image.top_layer;
  while (!id.empty()) {
    const auto found = std::ranges::find(all, id, &PeerLayer::id);
    if (found == all.end())
      throw base::Error(fmt::format("layer {} is missing", base::short_id(id)));
    if (!found->is_complete) {
      throw base::Error(fmt::format("layer {} is incomplete", base::short_id(id)));
    }
    chain.push_back(*found);
    if (chain.size() > kMostLayers) throw base::Error("its layers go round in a circle");
    id = found->parent;
  }
  std::ranges::reverse(chain);
  return chain;
}

}  // namespace storage
