#include "pkg/userns/subid.hpp"

#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"

#include <limits>
#include <optional>

namespace userns {
namespace {

std::optional<std::uint32_t> parse_id(std::string_view text) {
  const auto number = base::parse_integer(text);
  if (!number || *number < 0 || *number > std::numeric_limits<std::uint32_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(*number);
}

}  // namespace

std::vector<SubordinateRange> parse_subids(std::string_view text, std::string_view user,
                                           std::uint32_t uid) {
  std::vector<SubordinateRange> ranges;
  for (const std::string& line : base::split(text, '\n')) {
    const auto fields = base::split(base::trim(line), ':');
    if (fields.size() != 3 || (fields[0] != user && fields[0] != std::to_string(uid))) continue;
    const auto first = parse_id(fields[1]);
    const auto count = parse_id(fields[2]);
    if (first && count && *count > 0) ranges.push_back({*first, *count});
  }
  return ranges;
}

std::vector<SubordinateRange> read_subids(const std::string& path, std::string_view user,
                                          std::uint32_t uid) {
  const auto text = sys::find_file(path);
  return text ? parse_subids(*text, user, uid) : std::vector<SubordinateRange>{};
}

}  // namespace userns
