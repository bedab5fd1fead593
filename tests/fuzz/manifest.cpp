#include "pkg/oci/manifest.hpp"

#include "pkg/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <variant>

namespace {

// In every way that a registry may call it.
constexpr const char* kTypes[] = {
    "",
    "application/json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(bytes, bytes + size);
  for (const char* type : kTypes) {
    try {
      const auto parsed = oci::parse_manifest(text, type);
      const auto* manifest = std::get_if<oci::Manifest>(&parsed);
      if (manifest == nullptr) continue;
      for (const oci::Descriptor& layer : manifest->layers) {
        if (layer.digest.hex().size() < 64 || layer.size < 0) std::abort();  // it goes into paths
        oci::is_foreign_layer(layer.media_type);
      }
    } catch (const base::Error&) {
      continue;
    }
  }
  return 0;
}
