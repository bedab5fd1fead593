#include "pkg/transfer/load.hpp"

#include "pkg/base/error.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/transfer/file_source.hpp"
#include "pkg/transfer/local_blobs.hpp"
#include "pkg/transfer/publish.hpp"
#include "pkg/transfer/saved_image.hpp"
#include "pkg/transfer/store.hpp"
#include "pkg/transfer/trust.hpp"
#include "pkg/transfer/url.hpp"

#include <algorithm>
#include <memory>

namespace transfer {
namespace {

class ArchiveBlobs : public LocalBlobs {
 public:
  ArchiveBlobs(const Files& files, const SavedImage& image) : files_(files), image_(image) {}

 protected:
  std::unique_ptr<tar::Source> open(const WantedLayer& layer) override {
    return files_.open(name_of(layer));
  }

  std::string name_of(const WantedLayer& layer) const override {
    const auto found = std::ranges::find(image_.layers, layer.id, &WantedLayer::id);
    return image_.files.at(static_cast<std::size_t>(found - image_.layers.begin()));
  }

 private:
  const Files& files_;
  const SavedImage& image_;
};

// Names of this registry and repository with the digest instead of the tag.
std::vector<std::string> repo_digests(const SavedImage& saved) {
  std::vector<std::string> digests;
  if (saved.manifest_digest.empty()) return digests;
  for (const std::string& name : saved.names) {
    digests.push_back(name.substr(0, name.rfind(':')) + "@" + saved.manifest_digest);
  }
  return digests;
}

LoadedImage load_one(const Store& store, const Files& files, const SavedImage& saved) {
  ArchiveBlobs blobs(files, saved);
  const HeldLayers held = bring_layers(store, saved.layers, blobs);
  storage::Image image;
  image.manifest_digest = saved.manifest_digest;
  image.repo_digests = repo_digests(saved);
  image.size = held.size;
  image.config = saved.config;
  std::vector<storage::Layer> records;
  for (const WantedLayer& layer : saved.layers) {
    image.layers.push_back(layer.id);
    records.push_back(storage::LayerStore(store.layout).find(layer.id).value());
  }
  Made made{.config = saved.config_bytes, .manifest = saved.manifest_bytes};
  if (made.manifest.empty()) {
    made.manifest = describe(saved.config_bytes, as_plain(store, std::move(records))).manifest;
  }
  return {.id = publish(store, image, made, saved.names), .names = saved.names};
}

// As it was typed, or completed as names in archives are.
bool is_meant(const SavedImage& saved, std::size_t number, const std::string& name) {
  if (name.empty() || name == "@" + std::to_string(number)) return true;
  const auto has = [&](const std::string& wanted) {
    return std::ranges::count(saved.names, wanted) != 0;
  };
  try {
    return has(images::local_name(name)) || has(oci::Reference::parse(name).text());
  } catch (const base::Error&) {
    return false;
  }
}

// A folder of blobs has no name for its image but its own, as in podman.
void name_by_path(SavedImage& saved, const ImagePlace& place) {
  if (place.layout != Layout::DockerFolder || !saved.names.empty()) return;
  try {
    const bool is_absolute = place.path.starts_with('/');
    saved.names.push_back(
        images::local_name("localhost" + (is_absolute ? place.path : "/" + place.path)));
  } catch (const base::Error&) {
    return;  // then it is reached by its id
  }
}

// As policy.json calls it: by what was said, or by what was found.
std::string transport_of(const ImagePlace& place, const SavedImage& saved) {
  switch (place.layout) {
    case Layout::OciFolder:
      return "oci";
    case Layout::DockerFolder:
      return "dir";
    case Layout::OciArchive:
      return "oci-archive";
    case Layout::DockerArchive:
      break;
  }
  return saved.manifest_digest.empty() ? "docker-archive" : "oci-archive";
}

}  // namespace

std::vector<LoadedImage> load_from(const home::Home& home, const Store& store,
                                   const ImagePlace& place) try {
  const std::unique_ptr<Files> files = files_of(
      is_url(place.path) ? fetch_url(home, place.path) : open_input(place.path), store.layout);
  std::vector<LoadedImage> loaded;
  std::size_t number = 0;
  const auto policy = registry::Policy::read(home, place.signature_policy);
  for (SavedImage& saved : list_saved(*files)) {
    if (!is_meant(saved, number++, place.name)) continue;
    require_trusted(policy, transport_of(place, saved));
    name_by_path(saved, place);
    loaded.push_back(load_one(store, *files, saved));
  }
  if (!loaded.empty()) return loaded;
  throw base::Error(place.name.empty() ? "there is no image in it"
                                       : "there is no image " + place.name + " in it");
} catch (base::Error& error) {
  const std::string name = place.path == "-" ? "standard input" : place.path;
  if (!std::string_view(error.what()).starts_with(name + ":")) error.during(name);
  throw;
}

std::vector<LoadedImage> load(const home::Home& home, const ImagePlace& place) {
  return load_from(home, open_store(home), place);
}

}  // namespace transfer
