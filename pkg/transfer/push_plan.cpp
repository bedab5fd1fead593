#include "pkg/transfer/push_plan.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/oci/media_types.hpp"
#include "storage/layer_blobs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace transfer {
namespace {

using tar::Compression;

// "quay.io/team/app@sha256:..." or "quay.io/team/app" to "team/app", of that registry alone.
std::optional<std::string> repository_in(const std::string& registry, const std::string& name) {
  if (!name.starts_with(registry + "/")) return std::nullopt;
  const std::string rest = name.substr(registry.size() + 1);
  return rest.substr(0, rest.find('@'));
}

std::optional<oci::Manifest> find_manifest(const storage::ImageStore& images,
                                           const storage::Image& image) {
  try {
    auto parsed = oci::parse_manifest(images.manifest_bytes(image.id, image.manifest_digest), "");
    auto* manifest = std::get_if<oci::Manifest>(&parsed);
    if (manifest != nullptr && manifest->layers.size() == image.layers.size()) {
      return std::move(*manifest);
    }
  } catch (const base::Error& error) {
    base::log::info("the manifest that the image came with is not used: {}", error.what());
  }
  return std::nullopt;
}

oci::Descriptor descriptor(std::string_view media_type, const std::string& digest,
                           std::int64_t size) {
  return {.media_type = std::string(media_type),
          .digest = oci::Digest::parse(digest),
          .size = size,
          .urls = {},
          .annotations = {},
          .platform = {}};
}

// Whether a compressed form of a layer is one that was asked for.
class Wanted {
 public:
  Wanted(const PushOptions& options, bool was_zstd)
      : format_(options.format),
        is_strict_(options.force_compression || options.compression),
        level_(options.level) {
    const bool is_docker = options.format == ManifestFormat::Docker;
    squeeze_.format = options.compression.value_or(was_zstd && !is_docker ? Compression::Zstd
                                                                          : Compression::Gzip);
    squeeze_.level = options.level;
  }

  const tar::Squeeze& squeeze() const { return squeeze_; }

  bool fits(Compression compression, std::optional<int> level, bool is_ours) const {
    if (compression == Compression::Zstd && format_ == ManifestFormat::Docker) return false;
    if (!is_strict_) return true;
    if (compression != squeeze_.format) return false;
    return !level_ || (is_ours && level == level_);
  }

 private:
  ManifestFormat format_;
  bool is_strict_;
  std::optional<int> level_;
  tar::Squeeze squeeze_;
};

void add_known(PushedLayer& layer, oci::Descriptor blob,
               const std::set<std::string>& repositories) {
  for (registry::BlobOffer::Known& one : layer.known) {
    if (one.blob.digest == blob.digest) return;
  }
  layer.known.push_back(
      {.blob = std::move(blob), .repositories = {repositories.begin(), repositories.end()}});
}

// What was made here has a manifest that calls layers by their diff ids; nobody has those.
bool is_from_a_registry(const storage::Image& image, const std::string& blob,
                        const std::string& diff_id) {
  return !blob.empty() && (blob != diff_id || !image.repo_digests.empty());
}

PushedLayer plan_layer(const Store& store, const storage::Image& image, const storage::Layer& layer,
                       const std::optional<oci::Descriptor>& original, const PushOptions& options) {
  const bool was_zstd = original && compression_of(original->media_type) == Compression::Zstd;
  const Wanted wanted(options, was_zstd);
  PushedLayer planned{
      .layer = layer, .original = original, .known = {}, .squeeze = wanted.squeeze()};
  if (original && is_from_a_registry(image, original->digest.text(), layer.diff_id) &&
      wanted.fits(compression_of(original->media_type), {}, false)) {
    add_known(planned, *original, {});
  }
  for (const storage::LayerBlob& blob : storage::find_blobs(store.layout, layer.id)) {
    if (wanted.fits(tar::parse_compression(blob.compression), blob.level, true)) {
      add_known(planned, descriptor(blob.media_type, blob.digest, blob.size), {});
    }
  }
  if (is_from_a_registry(image, layer.blob, layer.diff_id) && layer.blob != layer.diff_id &&
      wanted.fits(compression_of(layer.media_type), {}, false)) {
    add_known(planned, descriptor(layer.media_type, layer.blob, layer.blob_size), {});
  }
  return planned;
}

bool is_docker(std::string_view media_type) {
  return media_type.starts_with("application/vnd.docker.");
}

// What fits the whole manifest: Docker's knows no zstd.
ManifestFormat choose_format(const PushPlan& plan, const std::vector<oci::Descriptor>& layers,
                             ManifestFormat format) {
  const bool has_zstd = std::ranges::any_of(layers, [](const oci::Descriptor& layer) {
    return compression_of(layer.media_type) == Compression::Zstd;
  });
  if (format == ManifestFormat::Docker && has_zstd) {
    throw base::Error("--format v2s2: such manifests cannot have layers compressed with zstd");
  }
  if (format != ManifestFormat::AsItIs) return format;
  return is_docker(plan.manifest_type) && !has_zstd ? ManifestFormat::Docker : ManifestFormat::Oci;
}

bool is_as_it_came(const PushPlan& plan, const std::vector<oci::Descriptor>& layers,
                   ManifestFormat format) {
  if (plan.manifest_bytes.empty()) return false;
  if (is_docker(plan.manifest_type) != (format == ManifestFormat::Docker)) return false;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& original = plan.layers[i].original;
    if (!original || original->digest != layers[i].digest) return false;
  }
  return true;
}

}  // namespace

ManifestFormat parse_manifest_format(const std::string& word) {
  if (word.empty()) return ManifestFormat::AsItIs;
  if (word == "oci") return ManifestFormat::Oci;
  if (word == "v2s2" || word == "docker") return ManifestFormat::Docker;
  if (word == "v2s1") {
    throw base::Error(
        "--format v2s1: registries have not taken that format for years; v2s2 or oci");
  }
  throw base::Error(fmt::format("--format {}: not one of oci, v2s2", word));
}

tar::Compression compression_of(std::string_view media_type) {
  if (media_type.ends_with("zstd")) return Compression::Zstd;
  if (media_type.ends_with("gzip")) return Compression::Gzip;
  return Compression::None;
}

std::string layer_type(ManifestFormat format, tar::Compression compression) {
  const bool docker = format == ManifestFormat::Docker;
  std::string type(docker ? oci::kDockerLayer : oci::kOciLayer);
  if (compression != Compression::None) {
    type += docker ? "." : "+";
    type += tar::compression_name(compression);
  }
  return type;
}

Neighbours find_neighbours(const Store& store, const std::string& registry,
                           std::span<const storage::Image> images) {
  Neighbours neighbours;
  std::set<std::string> wanted;
  for (const storage::Image& image : images)
    wanted.insert(image.layers.begin(), image.layers.end());
  const auto add = [&](const std::string& layer, const std::string& name) {
    if (const auto repository = repository_in(registry, name)) {
      neighbours[layer].insert(*repository);
    }
  };
  for (const storage::Image& other : storage::ImageStore(store.layout).list()) {
    for (const std::string& layer : other.layers) {
      if (!wanted.contains(layer)) continue;
      for (const std::string& name : other.repo_digests)
        add(layer, name);
    }
  }
  for (const std::string& layer : wanted) {
    for (const storage::LayerBlob& blob : storage::find_blobs(store.layout, layer)) {
      for (const std::string& name : blob.repositories)
        add(layer, name);
    }
  }
  return neighbours;
}

PushPlan plan_push(const Store& store, const storage::Image& image, const PushOptions& options,
                   const Neighbours& neighbours) {
  const storage::ImageStore images(store.layout);
  const storage::LayerStore layers(store.layout);
  const std::optional<oci::Manifest> manifest = find_manifest(images, image);
  std::string config_bytes = images.config_bytes(image.id);
  const auto size = static_cast<std::int64_t>(config_bytes.size());
  PushPlan plan{
      .image_id = image.id,
      .config = descriptor(oci::kOciConfig, "sha256:" + image.id, size),
      .config_bytes = std::move(config_bytes),
      .manifest_bytes = manifest ? images.manifest_bytes(image.id, image.manifest_digest) : "",
      .manifest_type = manifest ? manifest->media_type : std::string(oci::kOciManifest),
      .annotations = manifest ? manifest->annotations : std::map<std::string, std::string>{},
      .layers = {}};
  for (std::size_t i = 0; i < image.layers.size(); ++i) {
    const auto layer = layers.find(image.layers[i]);
    if (!layer) throw base::Error(fmt::format("layer {} is missing", image.layers[i]));
    std::optional<oci::Descriptor> original;
    if (manifest) original = manifest->layers[i];
    plan.layers.push_back(plan_layer(store, image, *layer, original, options));
    const auto near = neighbours.find(layer->id);
    if (near == neighbours.end()) continue;
    for (registry::BlobOffer::Known& one : plan.layers.back().known)
      one.repositories.assign(near->second.begin(), near->second.end());
  }
  return plan;
}

registry::Document make_manifest(const PushPlan& plan, const std::vector<oci::Descriptor>& layers,
                                 ManifestFormat format) {
  const ManifestFormat chosen = choose_format(plan, layers, format);
  if (is_as_it_came(plan, layers, chosen)) {
    return {.bytes = plan.manifest_bytes, .media_type = plan.manifest_type};
  }
  const bool docker = chosen == ManifestFormat::Docker;
  const std::string_view type = docker ? oci::kDockerManifest : oci::kOciManifest;
  base::Json json = base::Json::object({{"schemaVersion", 2}, {"mediaType", type}});
  oci::Descriptor config = plan.config;
  config.media_type = docker ? oci::kDockerConfig : oci::kOciConfig;
  json["config"] = config.json();
  json["layers"] = base::Json::array();
  for (const oci::Descriptor& layer : layers) {
    oci::Descriptor plain = layer;
    if (!oci::is_foreign_layer(layer.media_type)) {
      plain.media_type = layer_type(chosen, compression_of(layer.media_type));
    }
    json["layers"].push_back(plain.json());
  }
  if (!docker) {
    for (const auto& [key, value] : plan.annotations)
      json["annotations"][key] = value;
  }
  return {.bytes = json.dump(), .media_type = std::string(type)};
}

}  // namespace transfer
