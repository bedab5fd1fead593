#include "pkg/transfer/image_place.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <string_view>
#include <utility>

namespace transfer {
namespace {

struct Transport {
  std::string_view prefix;
  Layout layout;
  bool has_name;
};
constexpr Transport kTransports[] = {{"docker-archive:", Layout::DockerArchive, true},
                                     {"oci-archive:", Layout::OciArchive, true},
                                     {"oci:", Layout::OciFolder, true},
                                     {"dir:", Layout::DockerFolder, false}};

constexpr std::pair<std::string_view, std::string_view> kRefused[] = {
    {"containers-storage:",
     "podman's own store is not ours: `podman save NAME | pod load`, or the other way round"},
    {"docker-daemon:", "no daemon is asked: `docker save NAME | pod load`, or the other way round"},
    {"ostree:", "no such store is known"},
    {"sif:", "no such archive is known"}};

}  // namespace

std::optional<ImagePlace> find_place(const std::string& text) {
  for (const auto& [prefix, why] : kRefused) {
    if (text.starts_with(prefix)) throw base::Error(fmt::format("{}: {}", text, why));
  }
  for (const Transport& transport : kTransports) {
    if (!text.starts_with(transport.prefix)) continue;
    ImagePlace place{.layout = transport.layout, .path = text.substr(transport.prefix.size())};
    const std::size_t colon = transport.has_name ? place.path.find(':') : std::string::npos;
    if (colon != std::string::npos) {
      place.name = place.path.substr(colon + 1);
      place.path.erase(colon);
    }
    if (place.path.empty()) throw base::Error(text + ": names no file");
    return place;
  }
  return std::nullopt;
}

}  // namespace transfer
