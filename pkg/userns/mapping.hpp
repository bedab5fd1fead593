#pragma once

#include "pkg/home/home.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace userns {

// One line of uid_map or gid_map; see user_namespaces(7).
struct Extent {
  std::uint32_t inside = 0;
  std::uint32_t outside = 0;  // as the parent namespace counts
  std::uint32_t count = 0;

  friend bool operator==(const Extent&, const Extent&) = default;
};

struct Mapping {
  std::vector<Extent> uids;
  std::vector<Extent> gids;
  std::string reason;  // why there is only a single id; "" when there are all

  bool is_single() const { return !reason.empty(); }
  std::uint32_t size() const;  // ids mapped without a gap from 0 on
};

// What /etc/subuid and /etc/subgid (by name and by number) grant this user: 0 is the user, 1 and up
// the subordinate ids. Without an entry, or without newuidmap, the user alone. Root without an
// entry gets a range of its own that nobody else uses, or what its own namespace has.
Mapping mapping_of(const home::Home& home);

// The user alone: what remains when nothing more can be had, for this reason.
Mapping single_mapping(const home::Home& home, std::string reason);

// The extents with which a child of such a namespace repeats it: same ids, one extent each, since
// a range may not span two extents of the parent's map.
std::vector<Extent> repeat(const std::vector<Extent>& extents);

// "0 1000 1\n1 100000 65536\n", as the kernel reads it.
std::string map_text(const std::vector<Extent>& extents);
// What uid_map and gid_map show, padded with blanks.
std::vector<Extent> parse_map(std::string_view text);

}  // namespace userns
