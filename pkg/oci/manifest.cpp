#include "pkg/oci/manifest.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/oci/media_types.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace oci {
namespace {

bool is_attestation(const Descriptor& descriptor) {
  if (descriptor.platform && descriptor.platform->os == "unknown") return true;
  const auto type = descriptor.annotations.find("vnd.docker.reference.type");
  return type != descriptor.annotations.end() && type->second == "attestation-manifest";
}

bool prefers_zstd(const Descriptor& descriptor) {
  const auto found = descriptor.annotations.find("io.github.containers.compression.zstd");
  return found != descriptor.annotations.end() && found->second == "true";
}

// Twice the platform's rank, so that zstd decides among equals; 0 for entries that do not say.
int rank_entry(const Descriptor& descriptor, const Platform& wanted) {
  if (is_attestation(descriptor)) return -1;
  if (!descriptor.platform || descriptor.platform->architecture.empty()) return 0;
  const int rank = oci::rank(*descriptor.platform, wanted);
  return rank < 0 ? -1 : 2 * rank + (prefers_zstd(descriptor) ? 1 : 0);
}

std::string offers(const std::vector<Descriptor>& manifests) {
  std::vector<std::string> texts;
  for (const Descriptor& descriptor : manifests) {
    if (!is_attestation(descriptor) && descriptor.platform) {
      texts.push_back(descriptor.platform->text());
    }
  }
  return texts.empty() ? "nothing" : base::join(texts, ", ");
}

std::vector<Descriptor> descriptors(const base::Json& json, std::string_view member) {
  std::vector<Descriptor> list;
  for (const base::Json& entry : json.array_or_none(member)) {
    try {
      list.push_back(Descriptor::parse(entry));
    } catch (base::Error& error) {
      error.during(fmt::format("{}[{}]", member, list.size()));
      throw;
    }
  }
  return list;
}

Index index_of(const base::Json& json, std::string_view media_type) {
  return {.media_type = std::string(media_type), .manifests = descriptors(json, "manifests")};
}

void refuse_artifacts(const base::Json& json, const Manifest& manifest) {
  const std::string artifact = json.string_or("artifactType", "");
  const std::string& config = manifest.config.media_type;
  const bool is_docker = manifest.media_type == kDockerManifest;
  if (!is_docker && config != kOciConfig &&
      !config.starts_with("application/vnd.docker.container.image")) {
    throw base::Error(fmt::format("not a container image but an artifact of type {}",
                                  artifact.empty() ? config : artifact));
  }
  for (const Descriptor& layer : manifest.layers) {
    if (layer.media_type.ends_with("+encrypted")) throw base::Error("its layers are encrypted");
  }
}

Manifest manifest_of(const base::Json& json, std::string_view media_type) {
  Manifest manifest{.media_type = std::string(media_type),
                    .config = Descriptor::parse(json.at("config")),
                    .layers = descriptors(json, "layers"),
                    .annotations = {}};
  for (const auto& [key, value] : json.object_or_none("annotations")) {
    manifest.annotations[key] = value.as_string();
  }
  refuse_artifacts(json, manifest);
  return manifest;
}

bool has(const base::Json& json, std::string_view member) {
  return json.find(member) != nullptr;
}

void refuse_schema_1(const base::Json& json, std::string_view media_type) {
  if (media_type.starts_with("application/vnd.docker.distribution.manifest.v1+") ||
      has(json, "fsLayers") || json.integer_or("schemaVersion", 2) == 1) {
    throw base::Error("a schema 1 image, a format given up in 2017; push it again to renew it");
  }
}

}  // namespace

const Descriptor& Index::choose(const Platform& wanted) const {
  const Descriptor* best = nullptr;
  int best_rank = -1;
  for (const Descriptor& descriptor : manifests) {
    const int rank = rank_entry(descriptor, wanted);
    if (rank <= best_rank) continue;
    best = &descriptor;
    best_rank = rank;
  }
  if (best == nullptr) {
    throw base::Error(
        fmt::format("no image for {}: there is {}", wanted.text(), offers(manifests)));
  }
  return *best;
}

std::variant<Manifest, Index> parse_manifest(std::string_view bytes,
                                             std::string_view media_type) try {
  const base::Json json = base::Json::parse(bytes);
  if (!json.is_object()) throw base::Error("not an object");
  refuse_schema_1(json, media_type);
  const bool is_index = has(json, "manifests");
  const bool is_manifest = has(json, "config") || has(json, "layers");
  // CVE-2021-41190: what could be read as both would be one image here and another elsewhere.
  if (is_index && is_manifest) throw base::Error("both a manifest and an index");
  const std::string inside = json.string_or("mediaType", "");
  if (is_index) {
    if (inside == kOciManifest || inside == kDockerManifest) throw base::Error("wrong media type");
    return index_of(json, inside.empty() ? kOciIndex : inside);
  }
  if (!is_manifest) throw base::Error("neither a manifest nor an index");
  if (inside == kOciIndex || inside == kDockerList) throw base::Error("wrong media type");
  const bool says_docker = media_type.starts_with("application/vnd.docker.");
  return manifest_of(json, !inside.empty() ? inside : says_docker ? kDockerManifest : kOciManifest);
} catch (base::Error& error) {
  error.during("manifest");
  throw;
}

bool is_foreign_layer(std::string_view media_type) {
  return media_type.find("nondistributable") != media_type.npos ||
         media_type.find(".foreign.") != media_type.npos;
}

}  // namespace oci
