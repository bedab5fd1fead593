#include "pkg/transfer/publish.hpp"

#include "pkg/hash/sha256.hpp"
#include "pkg/transfer/room.hpp"
#include "storage/tar/layer_archive.hpp"

namespace transfer {
namespace {

struct MediaTypes {
  const char* manifest;
  const char* config;
  const char* layer;
  const char* compressed_layer;
};
constexpr MediaTypes kOci = {
    "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.config.v1+json",
    "application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.v1.tar+gzip"};
constexpr MediaTypes kDocker = {"application/vnd.docker.distribution.manifest.v2+json",
                                "application/vnd.docker.container.image.v1+json",
                                "application/vnd.docker.image.rootfs.diff.tar",
                                "application/vnd.docker.image.rootfs.diff.tar.gzip"};

}  // namespace

Made describe(std::string config, const std::vector<storage::Layer>& layers, Format format) {
  const MediaTypes& types = format == Format::Oci ? kOci : kDocker;
  Made made{.config = std::move(config), .manifest = ""};
  const oci::Descriptor described{.media_type = types.config,
                                  .digest = oci::Digest::sha256(hash::sha256(made.config)),
                                  .size = static_cast<std::int64_t>(made.config.size()),
                                  .urls = {},
                                  .annotations = {},
                                  .platform = {}};
  base::Json manifest = base::Json::object({{"schemaVersion", 2}, {"mediaType", types.manifest}});
  manifest["config"] = described.json();
  manifest["layers"] = base::Json::array();
  for (const storage::Layer& layer : layers) {
    const bool is_plain = layer.blob == layer.diff_id;
    const oci::Descriptor descriptor{.media_type = is_plain ? types.layer : types.compressed_layer,
                                     .digest = oci::Digest::parse(layer.blob),
                                     .size = layer.blob_size,
                                     .urls = {},
                                     .annotations = {},
                                     .platform = {}};
    manifest["layers"].push_back(descriptor.json());
  }
  made.manifest = manifest.dump();
  return made;
}

std::vector<storage::Layer> as_plain(const Store& store, std::vector<storage::Layer> layers) {
  for (storage::Layer& layer : layers) {
    if (layer.blob == layer.diff_id) continue;
    layer.blob = layer.diff_id;
    layer.blob_size = tar::archive_size(storage::LayerStore(store.layout).folder(layer.id));
  }
  return layers;
}

std::string publish(const Store& store, storage::Image image, const Made& made,
                    const std::vector<std::string>& names) try {
  const storage::ImageStore images(store.layout);
  image.id = hash::sha256(made.config);
  if (image.manifest_digest.empty()) {
    image.manifest_digest = "sha256:" + hash::sha256(made.manifest);
  }
  image.names = names;
  images.publish(image, made.config, made.manifest);
  return image.id;
} catch (const base::SysError& error) {
  explain_full_disk(store, error);
  throw;
}

}  // namespace transfer
