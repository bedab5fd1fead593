#include "pkg/userns/subid.hpp"

#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
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

struct Grant {
  std::string user;  // a name or a number
  SubordinateRange range;
};

std::vector<Grant> parse_grants(std::string_view text) {
  std::vector<Grant> grants;
  for (const std::string& line : base::split(text, '\n')) {
    const auto fields = base::split(base::trim(line), ':');
    if (fields.size() != 3) continue;
    const auto first = parse_id(fields[1]);
    const auto count = parse_id(fields[2]);
    if (first && count && *count > 0) grants.push_back({fields[0], {*first, *count}});
  }
  return grants;
}

}  // namespace

std::vector<SubordinateRange> parse_subids(std::string_view text, std::string_view user,
                                           std::uint32_t uid) {
  std::vector<SubordinateRange> ranges;
  for (const Grant& grant : parse_grants(text)) {
    const bool is_ours = grant.user == user || grant.user == std::to_string(uid);
    if (is_ours) ranges.push_back(grant.range);
  }
  return ranges;
}

std::vector<SubordinateRange> read_subids(const std::string& path, std::string_view user,
                                          std::uint32_t uid) {
  const auto text = sys::find_file(path);
  return text ? parse_subids(*text, user, uid) : std::vector<SubordinateRange>{};
}

std::uint32_t first_free_id(const std::string& path) {
  std::uint32_t next = 100000;
  for (const Grant& grant : parse_grants(sys::find_file(path).value_or(""))) {
    next = std::max(next, grant.range.first + grant.range.count);
  }
  return next;
}

}  // namespace userns
