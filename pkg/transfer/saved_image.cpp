#include "pkg/transfer/saved_image.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/oci/reference.hpp"

#include <fmt/core.h>

#include <variant>

namespace transfer {
namespace {

constexpr int kMostIndexes = 3;

std::string blob_file(const oci::Digest& digest) {
  return fmt::format("blobs/{}/{}", digest.algorithm(), digest.hex());
}

std::string verified(std::string bytes, const oci::Digest& digest) {
  hash::Hasher hasher(digest.algorithm());
  hasher.update(bytes);
  if (hasher.finish() != digest.hex()) throw base::Error(digest.text() + ": wrong digest");
  return bytes;
}

std::string read_verified(const Files& files, const oci::Digest& digest) {
  return verified(files.read(blob_file(digest)), digest);
}

void add_name(SavedImage& image, const std::string& name,
              std::string (*complete)(const std::string&)) {
  try {
    image.names.push_back(complete(name));
  } catch (const base::Error& error) {
    base::log::warn("the archive calls an image by no possible name: {}", error.what());
  }
}

// Docker leaves its own registry's name out when it saves.
std::string docker_name(const std::string& name) {
  return oci::Reference::parse(name).text();
}

// docker-archive: manifest.json lists configurations and layers by file name.
SavedImage docker_image(const Files& files, const base::Json& json) {
  SavedImage image;
  image.config_bytes = files.read(json.at("Config").as_string());
  image.config = oci::ImageConfig::parse(image.config_bytes);
  image.files = json.strings_or_none("Layers");
  for (const std::string& name : json.strings_or_none("RepoTags"))
    add_name(image, name, docker_name);
  if (image.files.size() != image.config.diff_ids.size()) {
    throw base::Error(fmt::format("manifest.json has {} layers, the image's configuration {}",
                                  image.files.size(), image.config.diff_ids.size()));
  }
  image.layers = plan_plain_layers(image.config);
  return image;
}

// What podman calls docker-dir and skopeo dir: the manifest, and blobs named by their digests.
SavedImage plain_image(const Files& files, std::string manifest_bytes) {
  SavedImage image;
  const auto parsed = oci::parse_manifest(manifest_bytes, "");
  const auto* manifest = std::get_if<oci::Manifest>(&parsed);
  if (manifest == nullptr) throw base::Error("manifest.json is an index of several images");
  image.manifest_digest = "sha256:" + hash::sha256(manifest_bytes);
  image.manifest_bytes = std::move(manifest_bytes);
  const oci::Digest& config = manifest->config.digest;
  image.config_bytes = verified(files.read(std::string(config.hex())), config);
  image.config = oci::ImageConfig::parse(image.config_bytes);
  image.layers = plan_layers(*manifest, image.config);
  for (const oci::Descriptor& layer : manifest->layers)
    image.files.emplace_back(layer.digest.hex());
  return image;
}

std::vector<SavedImage> docker_images(const Files& files) {
  std::vector<SavedImage> images;
  std::string text = files.read("manifest.json");
  const base::Json list = base::Json::parse(text);
  if (list.is_object()) return {plain_image(files, std::move(text))};
  for (const base::Json& json : list.as_array()) {
    images.push_back(docker_image(files, json));
  }
  return images;
}

// oci-archive: index.json leads to manifests, everything is a blob named by its digest.
SavedImage oci_image(const Files& files, const oci::Descriptor& entry) {
  oci::Digest digest = entry.digest;
  for (int depth = 0; depth <= kMostIndexes; ++depth) {
    SavedImage image;
    image.manifest_bytes = read_verified(files, digest);
    image.manifest_digest = digest.text();
    const auto parsed = oci::parse_manifest(image.manifest_bytes, entry.media_type);
    if (const auto* index = std::get_if<oci::Index>(&parsed)) {
      digest = index->choose(oci::Platform::host()).digest;
      continue;
    }
    const auto& manifest = std::get<oci::Manifest>(parsed);
    image.config_bytes = read_verified(files, manifest.config.digest);
    image.config = oci::ImageConfig::parse(image.config_bytes);
    image.layers = plan_layers(manifest, image.config);
    for (const oci::Descriptor& layer : manifest.layers) {
      image.files.push_back(blob_file(layer.digest));
    }
    return image;
  }
  throw base::Error("its index has indexes in indexes");
}

std::vector<SavedImage> oci_images(const Files& files) {
  constexpr const char* kFullName = "io.containerd.image.name";
  constexpr const char* kRefName = "org.opencontainers.image.ref.name";
  std::vector<SavedImage> images;
  const base::Json json = base::Json::parse(files.read("index.json"));
  for (const base::Json& member : json.array_or_none("manifests")) {
    const oci::Descriptor entry = oci::Descriptor::parse(member);
    if (entry.platform && entry.platform->os == "unknown") continue;  // an attestation
    images.push_back(oci_image(files, entry));
    const auto full = entry.annotations.find(kFullName);
    const auto ref = entry.annotations.find(kRefName);
    if (full != entry.annotations.end()) {
      add_name(images.back(), full->second, docker_name);
    } else if (ref != entry.annotations.end()) {
      add_name(images.back(), ref->second, images::local_name);
    }
  }
  return images;
}

}  // namespace

std::vector<SavedImage> list_saved(const Files& files) {
  // Docker writes both; its own file has the better names.
  if (files.find("manifest.json")) return docker_images(files);
  if (files.find("index.json")) return oci_images(files);
  throw base::Error(
      "neither a docker-archive nor an oci-archive: it has no manifest.json and no index.json "
      "(a root file system is taken by `pod import`)");
}

}  // namespace transfer
