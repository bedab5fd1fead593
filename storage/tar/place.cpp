#include "storage/tar/place.hpp"

#include "pkg/base/error.hpp"

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

}  // namespace tar
