#include "pkg/transfer/peer_image.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/oci/manifest.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/local_blobs.hpp"
#include "pkg/transfer/publish.hpp"
#include "pkg/transfer/push_plan.hpp"
#include "pkg/transfer/same_blocks.hpp"
#include "storage/layer_blobs.hpp"
#include "storage/tar/split_archive.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <variant>

namespace transfer {
namespace {

struct Manifests {
  std::string bytes;                 // the one it came with last
  std::vector<std::string> digests;  // that it has been known by, that of an index first
};

void look_at(const std::string& bytes, const std::string& id, Manifests& found) {
  const std::string digest = "sha256:" + hash::sha256(bytes);
  if (std::ranges::count(found.digests, digest) != 0) return;
  const auto parsed = oci::parse_manifest(bytes, "");
  const auto* manifest = std::get_if<oci::Manifest>(&parsed);
  if (manifest == nullptr) {
    found.digests.insert(found.digests.begin(), digest);
  } else if (manifest->config.digest.hex() == id) {
    found.digests.push_back(digest);
    if (found.bytes.empty()) found.bytes = bytes;
  }
}

Manifests find_manifests(const storage::PeerStore& peer, const storage::PeerImage& image) {
  Manifests found;
  std::vector<std::string> names = {"manifest"};
  std::ranges::copy_if(image.big_names, std::back_inserter(names),
                       [](const std::string& name) { return name.starts_with("manifest-"); });
  for (const std::string& name : names) {
    const auto bytes = peer.find_big(image, name);
    if (!bytes) continue;
    try {
      look_at(*bytes, image.id, found);
    } catch (const base::Error&) {
      continue;  // of a kind that nobody pushes any more
    }
  }
  return found;
}

std::string find_config(const storage::PeerStore& peer, const storage::PeerImage& image) {
  const auto bytes = peer.find_big(image, "sha256:" + image.id);
  if (!bytes) throw base::Error("its configuration is missing");
  if (hash::sha256(*bytes) != image.id) throw base::Error("its configuration is not what it was");
  return *bytes;
}

void add_names(const storage::PeerImage& image, const Manifests& manifests, storage::Image& ours) {
  for (const std::string& text : image.names) {
    const oci::Reference name = oci::Reference::parse(text);
    std::vector<std::string> digests = manifests.digests;
    if (name.digest()) {
      digests.push_back(name.digest()->text());
    } else {
      ours.names.push_back(name.text());
    }
    for (const std::string& digest : digests) {
      const std::string whole = name.name() + "@" + digest;
      if (std::ranges::count(ours.repo_digests, whole) == 0) ours.repo_digests.push_back(whole);
    }
  }
}

// No peer removes the layer while it is read.
class HeldSource : public tar::Source {
 public:
  HeldSource(const storage::PeerStore& peer, const std::string& layer)
      : lock_(peer.lock_layers()), archive_(peer.split(layer), peer.tree(layer)) {}

  std::string_view read() override { return archive_.read(); }

 private:
  std::optional<sys::Lock> lock_;
  tar::SplitArchive archive_;
};

class PeerBlobs : public LocalBlobs {
 public:
  PeerBlobs(const storage::PeerStore& peer, const PeerImport& import)
      : peer_(peer), import_(import) {}

 protected:
  std::unique_ptr<tar::Source> open(const WantedLayer& layer) override {
    const std::string& id = theirs(layer);
    if (!sys::exists(peer_.split(id))) {
      throw base::Error(fmt::format(
          "layer {}: it cannot be given back as it was, since no tar-split was kept with it",
          base::short_id(id)));
    }
    return std::make_unique<HeldSource>(peer_, id);
  }

  std::string name_of(const WantedLayer& layer) const override {
    return base::short_id(theirs(layer));
  }

  void after(const Job& job) override {
    blocks_.share(peer_.tree(theirs(*job.layer)), job.target.root);
  }

 private:
  const std::string& theirs(const WantedLayer& layer) const {
    const auto found = std::ranges::find(import_.layers, layer.id, &WantedLayer::id);
    return import_.theirs.at(static_cast<std::size_t>(found - import_.layers.begin())).id;
  }

  const storage::PeerStore& peer_;
  const PeerImport& import_;
  SameBlocks blocks_;
};

// The peer has seen the compressed form, we have not: a registry that has it need not be sent it.
void remember(const Store& store, const PeerImport& import) {
  for (std::size_t i = 0; i < import.layers.size(); ++i) {
    const storage::PeerLayer& layer = import.theirs[i];
    const bool is_known = !layer.blob.empty() && layer.blob != layer.diff_id;
    if (!is_known || layer.diff_id != import.layers[i].diff_id || layer.compression.empty())
      continue;
    storage::remember_blob(
        store.layout, import.layers[i].id,
        {.digest = oci::Digest::parse(layer.blob).text(),
         .size = layer.blob_size,
         .media_type = layer_type(ManifestFormat::Oci, tar::parse_compression(layer.compression)),
         .compression = layer.compression,
         .level = {},
         .repositories = {}});
  }
}

}  // namespace

PeerImport describe_peer_image(const storage::PeerStore& peer, const storage::PeerImage& image,
                               const std::vector<storage::PeerLayer>& all) {
  PeerImport import;
  import.config_bytes = find_config(peer, image);
  import.image.config = oci::ImageConfig::parse(import.config_bytes);
  Manifests manifests = find_manifests(peer, image);
  add_names(image, manifests, import.image);
  if (!manifests.digests.empty()) import.image.manifest_digest = manifests.digests.front();
  import.manifest_bytes = std::move(manifests.bytes);
  import.layers = plan_plain_layers(import.image.config);
  import.theirs = storage::chain_of(all, image);
  if (import.layers.size() == import.theirs.size()) return import;
  throw base::Error(fmt::format("it has {} layers there, its configuration says {}",
                                import.theirs.size(), import.layers.size()));
}

std::string take_over(const Store& store, const storage::PeerStore& peer,
                      const PeerImport& import) {
  PeerBlobs blobs(peer, import);
  const HeldLayers held = bring_layers(store, import.layers, blobs);
  remember(store, import);
  storage::Image image = import.image;
  image.size = held.size;
  std::vector<storage::Layer> records;
  for (const WantedLayer& layer : import.layers) {
    image.layers.push_back(layer.id);
    records.push_back(storage::LayerStore(store.layout).find(layer.id).value());
  }
  Made made{.config = import.config_bytes, .manifest = import.manifest_bytes};
  if (made.manifest.empty()) {
    made.manifest = describe(import.config_bytes, as_plain(store, std::move(records))).manifest;
  }
  const std::vector<std::string> names = image.names;
  return publish(store, std::move(image), made, names);
}

}  // namespace transfer
