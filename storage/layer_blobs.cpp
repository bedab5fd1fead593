#include "storage/layer_blobs.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>

namespace storage {
namespace {

constexpr std::size_t kMostBlobs = 8;
constexpr std::size_t kMostRepositories = 8;

std::string file_of(const Layout& layout, const std::string& layer) {
  return layout.layer(layer) + "/blobs.json";
}

LayerBlob blob_of(const base::Json& json) {
  LayerBlob blob{.digest = json.at("digest").as_string(),
                 .size = json.at("size").as_integer(),
                 .media_type = json.string_or("mediaType", ""),
                 .compression = json.string_or("compression", ""),
                 .level = {},
                 .repositories = json.strings_or_none("repositories")};
  if (json.find("level") != nullptr) blob.level = static_cast<int>(json.at("level").as_integer());
  return blob;
}

base::Json json_of(const LayerBlob& blob) {
  base::Json json = base::Json::object({{"digest", blob.digest},
                                        {"size", blob.size},
                                        {"mediaType", blob.media_type},
                                        {"compression", blob.compression}});
  if (blob.level) json["level"] = *blob.level;
  json["repositories"] = base::Json(blob.repositories);
  return json;
}

void add_repositories(LayerBlob& blob, const std::vector<std::string>& repositories) {
  for (const std::string& repository : repositories) {
    std::erase(blob.repositories, repository);
    blob.repositories.push_back(repository);
  }
  while (blob.repositories.size() > kMostRepositories)
    blob.repositories.erase(blob.repositories.begin());
}

}  // namespace

std::vector<LayerBlob> find_blobs(const Layout& layout, const std::string& layer) try {
  const auto text = sys::find_file(file_of(layout, layer));
  if (!text) return {};
  std::vector<LayerBlob> blobs;
  const base::Json json = base::Json::parse(*text);
  for (const base::Json& one : json.as_array())
    blobs.push_back(blob_of(one));
  return blobs;
} catch (const base::Error& error) {
  base::log::info("what is known of pushed layers is left out: {}", error.what());
  return {};
}

void remember_blob(const Layout& layout, const std::string& layer, const LayerBlob& blob) {
  std::vector<LayerBlob> blobs = find_blobs(layout, layer);
  const std::vector<LayerBlob> before = blobs;
  auto found = std::ranges::find(blobs, blob.digest, &LayerBlob::digest);
  if (found == blobs.end()) {
    blobs.push_back(blob);
    found = blobs.end() - 1;
  }
  add_repositories(*found, blob.repositories);
  if (blobs.size() > kMostBlobs) blobs.erase(blobs.begin());
  if (blobs == before) return;
  base::Json json = base::Json::array();
  for (const LayerBlob& one : blobs)
    json.push_back(json_of(one));
  sys::replace_file(file_of(layout, layer), json.dump(2) + "\n", 0600);
}

}  // namespace storage
