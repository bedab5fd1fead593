#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace userns {

// A range of ids granted to a user; see subuid(5).
struct SubordinateRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;

  friend bool operator==(const SubordinateRange&, const SubordinateRange&) = default;
};

// The ranges that a file such as /etc/subuid grants to the user, by name or by number, in its
// order. Lines that cannot be read are passed over, as newuidmap does.
std::vector<SubordinateRange> parse_subids(std::string_view text, std::string_view user,
                                           std::uint32_t uid);

// The same from the file; none when it is missing.
std::vector<SubordinateRange> read_subids(const std::string& path, std::string_view user,
                                          std::uint32_t uid);

// Where the next range could begin: above all that the file grants to anybody, 100000 at least.
std::uint32_t first_free_id(const std::string& path);

}  // namespace userns
