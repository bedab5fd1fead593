#pragma once

#include <string>
#include <vector>

namespace support {

struct Blob {
  std::string media_type;
  std::string digest;
  std::string bytes;
};

Blob make_blob(std::string media_type, std::string bytes);

enum class ImageFormat { Oci, Docker };

// What a registry holds of an image.
struct RegistryImage {
  std::string architecture;
  Blob config;
  std::vector<Blob> layers;
  Blob manifest;

  std::string id() const { return config.digest.substr(7); }
};

// Of layers that are tar archives, gzipped on the way.
RegistryImage make_registry_image(const std::vector<std::string>& tars,
                                  ImageFormat format = ImageFormat::Oci,
                                  const std::string& architecture = "");  // "": the host's
// Of layers that are compressed with zstd.
RegistryImage make_zstd_image(const std::vector<std::string>& tars);

// An index (Docker: manifest list) of these images, and of an attestation when `with_attestation`.
Blob make_index(const std::vector<RegistryImage>& images, ImageFormat format = ImageFormat::Oci,
                bool with_attestation = false);

}  // namespace support
