#include "pkg/transfer/peer_image.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/oci/manifest.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/push_plan.hpp"
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

std::optional<storage::LayerBlob> blob_of(const storage::PeerLayer& layer,
                                          const std::string& diff_id) {
  const bool is_known = !layer.blob.empty() && layer.blob != layer.diff_id;
  if (!is_known || layer.diff_id != diff_id || layer.compression.empty()) return std::nullopt;
  return storage::LayerBlob{
      .digest = oci::Digest::parse(layer.blob).text(),
      .size = layer.blob_size,
      .media_type = layer_type(ManifestFormat::Oci, tar::parse_compression(layer.compression)),
      .compression = layer.compression,
      .level = {},
      .repositories = {}};
}

OtherLayer other_layer(const storage::PeerStore& peer, const storage::PeerLayer& layer,
                       const std::string& diff_id) {
  return {.name = base::short_id(layer.id),
          .tree = peer.tree(layer.id),
          .open = [peer, id = layer.id]() -> std::unique_ptr<tar::Source> {
            if (sys::exists(peer.split(id))) return std::make_unique<HeldSource>(peer, id);
            throw base::Error("it cannot be given back as it was: no tar-split was kept with it");
          },
          .blob = blob_of(layer, diff_id)};
}

}  // namespace

OtherImage describe_peer_image(const storage::PeerStore& peer, const storage::PeerImage& image,
                               const std::vector<storage::PeerLayer>& all) {
  OtherImage other;
  other.config_bytes = find_config(peer, image);
  other.image.config = oci::ImageConfig::parse(other.config_bytes);
  Manifests manifests = find_manifests(peer, image);
  add_names(image, manifests, other.image);
  other.manifest_bytes = std::move(manifests.bytes);
  other.layers = plan_plain_layers(other.image.config);
  for (const storage::PeerLayer& layer : storage::chain_of(all, image)) {
    const std::size_t at = other.theirs.size();
    const std::string diff_id = at < other.layers.size() ? other.layers[at].diff_id : "";
    other.theirs.push_back(other_layer(peer, layer, diff_id));
  }
  return other;
}

}  // namespace transfer
