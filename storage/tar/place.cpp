#include "storage/tar/place.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace tar {
namespace {

constexpr std::size_t kLongestPath = 4096;

}  // namespace

Place place_of(std::string_view path) {
  if (path.size() > kLongestPath) throw base::Error("path is longer than 4096 bytes");
  Place place;
  std::size_t at = 0;
  while (at <= path.size()) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..") throw base::Error("path leads out of the layer");
    if (!place.name.empty()) {
      if (!place.parent.empty()) place.parent += '/';
      place.parent += place.name;
    }
    place.name = part;
  }
  return place;
}

std::string shown(std::string_view name) {
  constexpr std::size_t kMost = 200;
  std::string text;
  for (const char letter : name.substr(0, kMost)) {
    const auto code = static_cast<unsigned char>(letter);
    text += code < ' ' || code == 127 ? fmt::format("\\x{:02x}", code) : std::string(1, letter);
  }
  return name.size() > kMost ? text + "..." : text;
}

}  // namespace tar
