#include "storage/tar/whiteout.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>

namespace tar {

Whiteout parse_whiteout(std::string_view name) {
  constexpr std::string_view kPrefix = ".wh.";
  constexpr std::string_view kMeta = ".wh..wh.";
  constexpr std::string_view kOpaque = ".wh..wh..opq";
  if (!name.starts_with(kPrefix)) return {};
  if (name == kOpaque) return {.kind = Whiteout::Kind::Opaque, .hidden = {}};
  if (name.starts_with(kMeta)) return {.kind = Whiteout::Kind::Ignored, .hidden = {}};  // aufs
  const std::string_view hidden = name.substr(kPrefix.size());
  if (hidden.empty() || hidden == "." || hidden == "..") {
    throw base::Error(fmt::format("\"{}\" hides no name", name));
  }
  return {.kind = Whiteout::Kind::Hides, .hidden = hidden};
}

}  // namespace tar
