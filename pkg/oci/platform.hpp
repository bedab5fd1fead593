#pragma once

#include <string>
#include <string_view>

namespace oci {

// What an image runs on; image-spec, image-index.md, "platform".
struct Platform {
  std::string os = "linux";
  std::string architecture;
  std::string variant;

  static Platform host();
  // "linux/arm64/v8", "arm64". Throws base::Error.
  static Platform parse(std::string_view text);
  std::string text() const;

  friend bool operator==(const Platform&, const Platform&) = default;
};

// How well an offered platform serves a wanted one: -1 not at all, else the higher the better.
int rank(const Platform& offered, const Platform& wanted);

}  // namespace oci
