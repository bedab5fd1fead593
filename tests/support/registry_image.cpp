#include "tests/support/registry_image.hpp"

#include "pkg/base/json.hpp"
#include "pkg/hash/sha256.hpp"
#include "tests/support/tar_text.hpp"

#include <cstdint>
#include <utility>

#include <sys/utsname.h>

namespace support {
namespace {

using base::Json;

struct MediaTypes {
  const char* index;
  const char* manifest;
  const char* config;
  const char* layer;
};

constexpr MediaTypes kOci = {
    "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.config.v1+json", "application/vnd.oci.image.layer.v1.tar+gzip"};
constexpr MediaTypes kDocker = {"application/vnd.docker.distribution.manifest.list.v2+json",
                                "application/vnd.docker.distribution.manifest.v2+json",
                                "application/vnd.docker.container.image.v1+json",
                                "application/vnd.docker.image.rootfs.diff.tar.gzip"};

const MediaTypes& types(ImageFormat format) {
  return format == ImageFormat::Oci ? kOci : kDocker;
}

std::string host_architecture() {
  utsname name = {};
  ::uname(&name);
  const std::string machine = name.machine;
  if (machine == "x86_64") return "amd64";
  return machine == "aarch64" ? "arm64" : machine;
}

Json descriptor(const Blob& blob) {
  return Json::object({{"mediaType", blob.media_type},
                       {"digest", blob.digest},
                       {"size", static_cast<std::int64_t>(blob.bytes.size())}});
}

}  // namespace

Blob make_blob(std::string media_type, std::string bytes) {
  std::string digest = "sha256:" + hash::sha256(bytes);
  return {std::move(media_type), std::move(digest), std::move(bytes)};
}

namespace {

RegistryImage make_image(const std::vector<std::string>& tars, const MediaTypes& names,
                         const std::string& architecture,
                         std::string (*compress)(std::string_view)) {
  RegistryImage image;
  image.architecture = architecture.empty() ? host_architecture() : architecture;
  Json diff_ids = Json::array();
  Json layers = Json::array();
  for (const std::string& tar : tars) {
    diff_ids.push_back("sha256:" + hash::sha256(tar));
    image.layers.push_back(make_blob(names.layer, compress(tar)));
    layers.push_back(descriptor(image.layers.back()));
  }
  const Json config = Json::object(
      {{"architecture", image.architecture},
       {"os", "linux"},
       {"config", Json::object({{"Env", Json(std::vector<std::string>{"PATH=/bin"})},
                                {"Cmd", Json(std::vector<std::string>{"/bin/probe"})}})},
       {"rootfs", Json::object({{"type", "layers"}, {"diff_ids", diff_ids}})}});
  image.config = make_blob(names.config, config.dump());
  const Json manifest = Json::object({{"schemaVersion", 2},
                                      {"mediaType", names.manifest},
                                      {"config", descriptor(image.config)},
                                      {"layers", layers}});
  image.manifest = make_blob(names.manifest, manifest.dump());
  return image;
}

}  // namespace

RegistryImage make_registry_image(const std::vector<std::string>& tars, ImageFormat format,
                                  const std::string& architecture) {
  return make_image(tars, types(format), architecture, gzip);
}

RegistryImage make_zstd_image(const std::vector<std::string>& tars) {
  MediaTypes names = kOci;
  names.layer = "application/vnd.oci.image.layer.v1.tar+zstd";
  return make_image(tars, names, "", zstd);
}

Blob make_index(const std::vector<RegistryImage>& images, ImageFormat format,
                bool with_attestation) {
  Json manifests = Json::array();
  if (with_attestation) {
    Json entry = descriptor(make_blob(types(format).manifest, "{}"));
    entry["platform"] = Json::object({{"architecture", "unknown"}, {"os", "unknown"}});
    entry["annotations"] = Json::object({{"vnd.docker.reference.type", "attestation-manifest"}});
    manifests.push_back(entry);
  }
  for (const RegistryImage& image : images) {
    Json entry = descriptor(image.manifest);
    entry["platform"] = Json::object({{"architecture", image.architecture}, {"os", "linux"}});
    manifests.push_back(entry);
  }
  const Json index = Json::object(
      {{"schemaVersion", 2}, {"mediaType", types(format).index}, {"manifests", manifests}});
  return make_blob(types(format).index, index.dump());
}

}  // namespace support
