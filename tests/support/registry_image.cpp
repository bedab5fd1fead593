#include "tests/support/registry_image.hpp"

#include "pkg/base/json.hpp"
#include "pkg/hash/sha256.hpp"

#include <algorithm>
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

void add_little_endian(std::string& bytes, std::uint32_t value, int size) {
  for (int i = 0; i < size; ++i)
    bytes += static_cast<char>((value >> (8 * i)) & 255U);
}

std::uint32_t crc32(const std::string& bytes) {
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

}  // namespace

std::string gzip(const std::string& bytes) {  // RFC 1951, 3.2.4 and RFC 1952, 2.3
  constexpr std::size_t kMost = 65535;
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
  std::size_t at = 0;
  do {
    const std::string part = bytes.substr(at, kMost);
    at += part.size();
    out += at == bytes.size() ? '\1' : '\0';
    add_little_endian(out, static_cast<std::uint32_t>(part.size()), 2);
    add_little_endian(out, ~static_cast<std::uint32_t>(part.size()), 2);
    out += part;
  } while (at < bytes.size());
  add_little_endian(out, crc32(bytes), 4);
  add_little_endian(out, static_cast<std::uint32_t>(bytes.size()), 4);
  return out;
}

Blob make_blob(std::string media_type, std::string bytes) {
  std::string digest = "sha256:" + hash::sha256(bytes);
  return {std::move(media_type), std::move(digest), std::move(bytes)};
}

RegistryImage make_registry_image(const std::vector<std::string>& tars, ImageFormat format,
                                  const std::string& architecture) {
  const MediaTypes& names = types(format);
  RegistryImage image;
  image.architecture = architecture.empty() ? host_architecture() : architecture;
  Json diff_ids = Json::array();
  Json layers = Json::array();
  for (const std::string& tar : tars) {
    diff_ids.push_back("sha256:" + hash::sha256(tar));
    image.layers.push_back(make_blob(names.layer, gzip(tar)));
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
