#include "pkg/transfer/other_image.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/transfer/local_blobs.hpp"
#include "pkg/transfer/publish.hpp"
#include "pkg/transfer/push_plan.hpp"
#include "pkg/transfer/same_blocks.hpp"
#include "storage/tar/layer_archive.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace transfer {
namespace {

class OtherBlobs : public LocalBlobs {
 public:
  explicit OtherBlobs(const OtherImage& other) : other_(other) {}

 protected:
  std::unique_ptr<tar::Source> open(const WantedLayer& layer) override try {
    return theirs(layer).open();
  } catch (base::Error& error) {
    error.during("layer " + name_of(layer));
    throw;
  }

  std::string name_of(const WantedLayer& layer) const override { return theirs(layer).name; }

  void after(const Job& job) override { blocks_.share(theirs(*job.layer).tree, job.target.root); }

 private:
  const OtherLayer& theirs(const WantedLayer& layer) const {
    const auto found = std::ranges::find(other_.layers, layer.id, &WantedLayer::id);
    return other_.theirs.at(static_cast<std::size_t>(found - other_.layers.begin()));
  }

  const OtherImage& other_;
  SameBlocks blocks_;
};

// They have seen the compressed form, we have not: a registry that has it need not be sent it.
void remember(const Store& store, const OtherImage& other) {
  for (std::size_t i = 0; i < other.layers.size(); ++i) {
    if (other.theirs[i].blob) {
      storage::remember_blob(store.layout, other.layers[i].id, *other.theirs[i].blob);
    }
  }
}

std::optional<storage::LayerBlob> blob_of(const storage::Layer& layer) {
  if (layer.blob.empty() || layer.blob == layer.diff_id) return std::nullopt;
  return storage::LayerBlob{
      .digest = layer.blob,
      .size = layer.blob_size,
      .media_type = layer.media_type,
      .compression = std::string(tar::compression_name(compression_of(layer.media_type))),
      .level = {},
      .repositories = {}};
}

}  // namespace

OtherImage describe_ours(const storage::Layout& layout, const std::string& id) {
  const storage::ImageStore images(layout);
  const storage::LayerStore layers(layout);
  auto image = images.find(id, true);
  if (!image) throw base::Error("it is damaged");
  OtherImage other{.image = std::move(*image),
                   .config_bytes = images.config_bytes(id),
                   .manifest_bytes = images.manifest_bytes(id),
                   .layers = {},
                   .theirs = {}};
  other.layers = plan_plain_layers(other.image.config);
  for (const std::string& layer : std::exchange(other.image.layers, {})) {
    const auto found = layers.find(layer);
    if (!found) throw base::Error(fmt::format("layer {} is missing", base::short_id(layer)));
    other.theirs.push_back({.name = base::short_id(layer),
                            .tree = layers.root(layer),
                            .open =
                                [folder = layers.folder(layer), root = layers.root(layer)] {
                                  return std::make_unique<tar::LayerArchive>(folder, root);
                                },
                            .blob = blob_of(*found)});
  }
  return other;
}

std::string take_over(const Store& store, const OtherImage& other) {
  if (other.layers.size() != other.theirs.size()) {
    throw base::Error(fmt::format("it has {} layers there, its configuration says {}",
                                  other.theirs.size(), other.layers.size()));
  }
  OtherBlobs blobs(other);
  const HeldLayers held = bring_layers(store, other.layers, blobs);
  remember(store, other);
  storage::Image image = other.image;
  image.store.clear();
  image.size = held.size;
  std::vector<storage::Layer> records;
  for (const WantedLayer& layer : other.layers) {
    image.layers.push_back(layer.id);
    records.push_back(storage::LayerStore(store.layout).find(layer.id).value());
  }
  Made made{.config = other.config_bytes, .manifest = other.manifest_bytes};
  if (made.manifest.empty()) {
    made.manifest = describe(other.config_bytes, as_plain(store, std::move(records))).manifest;
  }
  const std::vector<std::string> names = image.names;
  return publish(store, std::move(image), made, names);
}

}  // namespace transfer
