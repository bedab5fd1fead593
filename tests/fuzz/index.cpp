#include "pkg/base/error.hpp"
#include "pkg/oci/manifest.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <variant>

namespace {

constexpr const char* kTypes[] = {
    "",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
};
constexpr const char* kPlatforms[] = {"linux/amd64", "linux/arm/v7", "linux/s390x"};

void choose(const oci::Index& index, const char* platform) try {
  const oci::Descriptor& chosen = index.choose(oci::Platform::parse(platform));
  if (&chosen < index.manifests.data() ||
      &chosen >= index.manifests.data() + index.manifests.size()) {
    std::abort();
  }
  if (chosen.digest.hex().size() < 64) std::abort();
} catch (const base::Error&) {
  return;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(bytes, bytes + size);
  for (const char* type : kTypes) {
    try {
      const auto parsed = oci::parse_manifest(text, type);
      const auto* index = std::get_if<oci::Index>(&parsed);
      if (index == nullptr) continue;
      for (const char* platform : kPlatforms)
        choose(*index, platform);
    } catch (const base::Error&) {
      continue;
    }
  }
  return 0;
}
