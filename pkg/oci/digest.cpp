#include "pkg/oci/digest.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace oci {
namespace {

bool is_lower_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

// The text goes into URLs and paths, so nothing but the exact form passes.
Digest Digest::parse(std::string_view text) {
  const std::string_view algorithm = text.substr(0, text.find(':'));
  const std::size_t digits = algorithm == "sha256" ? 64 : algorithm == "sha512" ? 128 : 0;
  if (digits == 0 || text.size() != algorithm.size() + 1 + digits ||
      !is_lower_hex(text.substr(algorithm.size() + 1))) {
    throw base::Error(
        fmt::format("{:.160}: not a digest: expected sha256: and 64 lower-case hex digits", text));
  }
  return Digest(std::string(text));
}

}  // namespace oci
