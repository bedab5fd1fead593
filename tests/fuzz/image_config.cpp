#include "pkg/oci/image_config.hpp"

#include "pkg/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

namespace {

std::optional<oci::ImageConfig> parse(const std::string& text) try {
  return oci::ImageConfig::parse(text);
} catch (const base::Error&) {
  return std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto config = parse(std::string(bytes, bytes + size));
  if (!config) return 0;
  // What was understood can be written, and is understood the same.
  const std::string written = config->json().dump();
  const auto again = parse(written);
  if (!again || again->json().dump() != written) std::abort();
  return 0;
}
