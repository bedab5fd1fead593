#include "pkg/userns/mapping.hpp"

#include "pkg/base/text.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/userns/subid.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <sstream>

#include <sys/prctl.h>

namespace userns {
namespace {

// Far above what useradd(8) and other tools hand out, and aligned as systemd-nspawn's ranges are.
constexpr SubordinateRange kRootRange{1879048192, 65536};

std::uint32_t size_of(const std::vector<Extent>& extents) {
  std::uint32_t size = 0;
  for (const Extent& extent : extents) {
    if (extent.inside == size) size += extent.count;
  }
  return size;
}

std::vector<Extent> extents_of(std::uint32_t own, const std::vector<SubordinateRange>& ranges) {
  std::vector<Extent> extents{{0, own, 1}};
  std::uint32_t next = 1;
  for (const SubordinateRange& range : ranges) {
    extents.push_back({next, range.first, range.count});
    next += range.count;
  }
  return extents;
}

// Of root: the range kept for it when its own namespace has that, else all but root itself.
std::vector<SubordinateRange> root_ranges(const std::string& map_file) {
  std::vector<SubordinateRange> ranges;
  for (const Extent& extent : parse_map(sys::read_file(map_file))) {
    const bool has_range = extent.inside <= kRootRange.first &&
                           kRootRange.first - extent.inside + kRootRange.count <= extent.count;
    if (has_range) return {kRootRange};
    const std::uint32_t skipped = extent.inside == 0 ? 1 : 0;
    if (extent.count > skipped) {
      ranges.push_back({extent.inside + skipped, std::min(extent.count - skipped, 65536U)});
    }
  }
  return ranges;
}

std::string why_not_newuidmap() {
  if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
    return "no_new_privs is set here, so newuidmap cannot help (allowPrivilegeEscalation: false?)";
  }
  for (const char* program : {"newuidmap", "newgidmap"}) {
    if (sys::find_program(program).empty()) {
      return fmt::format("{} is missing (Debian and Ubuntu: sudo apt install uidmap)", program);
    }
  }
  return "";
}

std::string why_no_ids(const std::string& user, const char* file) {
  const std::uint32_t first = std::max(first_free_id("/etc/subuid"), first_free_id("/etc/subgid"));
  const std::string range = fmt::format("{}-{}", first, first + 65535);
  return fmt::format("{} grants {} no ids (sudo usermod --add-subuids {} --add-subgids {} {})",
                     file, user, range, range, user);
}

Mapping root_mapping(const home::Home& home) {
  auto uids = read_subids("/etc/subuid", home.user, home.uid);
  auto gids = read_subids("/etc/subgid", home.user, home.uid);
  if (uids.empty() || gids.empty()) {
    uids = root_ranges("/proc/self/uid_map");
    gids = root_ranges("/proc/self/gid_map");
  }
  if (uids.empty() || gids.empty()) {
    return single_mapping(home, "there are no further ids in this user namespace");
  }
  return {extents_of(0, uids), extents_of(home.gid, gids), ""};
}

}  // namespace

std::uint32_t Mapping::size() const {
  return std::min(size_of(uids), size_of(gids));
}

Mapping single_mapping(const home::Home& home, std::string reason) {
  return {{{0, home.uid, 1}}, {{0, home.gid, 1}}, std::move(reason)};
}

Mapping mapping_of(const home::Home& home) {
  if (home.uid == 0) return root_mapping(home);
  const auto uids = read_subids("/etc/subuid", home.user, home.uid);
  const auto gids = read_subids("/etc/subgid", home.user, home.uid);
  if (uids.empty() || gids.empty()) {
    return single_mapping(home,
                          why_no_ids(home.user, uids.empty() ? "/etc/subuid" : "/etc/subgid"));
  }
  std::string reason = why_not_newuidmap();
  if (!reason.empty()) return single_mapping(home, std::move(reason));
  return {extents_of(home.uid, uids), extents_of(home.gid, gids), ""};
}

std::vector<Extent> repeat(const std::vector<Extent>& extents) {
  std::vector<Extent> repeated;
  repeated.reserve(extents.size());
  for (const Extent& extent : extents) {
    repeated.push_back({extent.inside, extent.inside, extent.count});
  }
  return repeated;
}

std::string map_text(const std::vector<Extent>& extents) {
  std::string text;
  for (const Extent& extent : extents) {
    text += fmt::format("{} {} {}\n", extent.inside, extent.outside, extent.count);
  }
  return text;
}

std::vector<Extent> parse_map(std::string_view text) {
  std::vector<Extent> extents;
  std::istringstream numbers{std::string(text)};
  Extent extent;
  while (numbers >> extent.inside >> extent.outside >> extent.count)
    extents.push_back(extent);
  return extents;
}

}  // namespace userns
