// A container that has other ids than the session needs no help of newuidmap: its namespace is a
// child of the session's, whose root may map any of its ids in any order. What it needs are files
// whose owners it can see, which is storage/shifted.hpp's concern.
#include "pkg/userns/ids.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

namespace userns {
namespace {

std::uint32_t parse_id(std::string_view text) {
  const auto number = base::parse_integer(text);
  if (!number || *number < 0 || *number >= std::numeric_limits<std::uint32_t>::max()) {
    throw base::Error(fmt::format("{}: expected an id", text));
  }
  return static_cast<std::uint32_t>(*number);
}

void take_word(Wish& wish, const std::string& word) {
  const auto [key, value] = base::split_once(word, '=');
  if (key == "uid" && value) {
    wish.uid = parse_id(*value);
  } else if (key == "gid" && value) {
    wish.gid = parse_id(*value);
  } else if (key == "size" && value) {
    wish.size = parse_id(*value);
  } else {
    throw base::Error(fmt::format("{}: not one of uid=, gid=, size=", word));
  }
}

void take_auto_word(Wish& wish, const std::string& word) {
  const auto [key, value] = base::split_once(word, '=');
  if (key == "size" && value) {
    wish.size = parse_id(*value);
  } else if (key == "uidmapping" && value) {
    wish.uid_map.push_back(*value);
  } else if (key == "gidmapping" && value) {
    wish.gid_map.push_back(*value);
  } else {
    throw base::Error(fmt::format("{}: not one of size=, uidmapping=, gidmapping=", word));
  }
}

std::uint32_t count_of(const std::vector<Extent>& session) {
  std::uint32_t count = 0;
  for (const Extent& extent : session)
    count += extent.count;
  return count;
}

// All below `own` are the first subordinate ids, all above it the rest of `count` ids.
std::vector<Extent> around(std::uint32_t own, std::uint32_t count) {
  std::vector<Extent> extents;
  const std::uint32_t below = std::min(own, count - 1);
  if (below > 0) extents.push_back({0, 1, below});
  extents.push_back({own, 0, 1});
  if (count - 1 > below) extents.push_back({own + 1, below + 1, count - 1 - below});
  return extents;
}

void limit_size(std::vector<Extent>& extents, std::uint32_t size, std::uint32_t own) {
  if (size <= own) {
    throw base::Error(fmt::format("size={}: does not reach to the id {}", size, own));
  }
  for (Extent& extent : extents) {
    const std::uint32_t left = size > extent.inside ? size - extent.inside : 0;
    extent.count = std::min(extent.count, left);
  }
  std::erase_if(extents, [](const Extent& extent) { return extent.count == 0; });
}

std::vector<Extent> keep(const std::vector<Extent>& session, std::uint32_t own, const Wish& wish) {
  std::vector<Extent> extents = around(own, count_of(session));
  if (wish.size) limit_size(extents, *wish.size, own);
  return extents;
}

Extent parse_extent(const std::string& text, const std::vector<Extent>& session) {
  const auto fields = base::split(text, ':');
  if (fields.size() < 2 || fields.size() > 3) {
    throw base::Error(fmt::format("{}: expected CONTAINER:ID[:COUNT]", text));
  }
  Extent extent{parse_id(fields[0]), 0, fields.size() == 3 ? parse_id(fields[2]) : 1};
  if (!fields[1].starts_with('@')) {
    extent.outside = parse_id(fields[1]);
    return extent;
  }
  const auto id = inside_of(session, parse_id(fields[1].substr(1)));
  if (!id) throw base::Error(fmt::format("{}: not one of this user's ids", text));
  extent.outside = *id;
  return extent;
}

std::vector<Extent> parse_extents(const std::vector<std::string>& texts,
                                  const std::vector<Extent>& session) {
  std::vector<Extent> extents;
  extents.reserve(texts.size());
  for (const std::string& text : texts)
    extents.push_back(parse_extent(text, session));
  cut(extents, session);  // throws
  return extents;
}

// The first of `count` ids in a row that are nobody's; 0 is the caller.
std::uint32_t find_gap(std::uint32_t count, std::uint32_t all, std::vector<Extent> taken) {
  std::sort(taken.begin(), taken.end(),
            [](const Extent& one, const Extent& other) { return one.outside < other.outside; });
  std::uint32_t first = 1;
  for (const Extent& extent : taken) {
    if (extent.outside >= first && extent.outside - first >= count) break;
    first = std::max(first, extent.outside + extent.count);
  }
  if (first >= all || all - first < count) {
    throw base::Error(
        fmt::format("{} ids in a row are wanted, and of this user's {} not so many "
                    "are left by other containers",
                    count, all));
  }
  return first;
}

// What is certain, and ids of the gap for all others.
std::vector<Extent> fill(const std::vector<Extent>& certain, std::uint32_t size,
                         std::uint32_t outside) {
  std::vector<Extent> extents;
  std::uint32_t inside = 0;
  std::vector<Extent> sorted = certain;
  std::sort(sorted.begin(), sorted.end(),
            [](const Extent& one, const Extent& other) { return one.inside < other.inside; });
  for (const Extent& extent : sorted) {
    if (extent.inside > inside && inside < size) {
      const std::uint32_t count = std::min(extent.inside, size) - inside;
      extents.push_back({inside, outside, count});
      outside += count;
    }
    extents.push_back(extent);
    inside = std::max(inside, extent.inside + extent.count);
  }
  if (inside < size) extents.push_back({inside, outside, size - inside});
  return extents;
}

// As many as podman gives a container whose image says nothing.
constexpr std::uint32_t kAutoSize = 1024;

Ids of_nobody(const Wish& wish, const Mapping& session, const std::vector<Ids>& taken) {
  Ids certain{parse_extents(wish.uid_map, session.uids), parse_extents(wish.gid_map, session.gids)};
  std::vector<Extent> uids = certain.uids;
  std::vector<Extent> gids = certain.gids;
  for (const Ids& ids : taken) {
    uids.insert(uids.end(), ids.uids.begin(), ids.uids.end());
    gids.insert(gids.end(), ids.gids.begin(), ids.gids.end());
  }
  const std::uint32_t size = wish.size.value_or(kAutoSize);
  return {fill(certain.uids, size, find_gap(size, count_of(session.uids), uids)),
          fill(certain.gids, size, find_gap(size, count_of(session.gids), gids))};
}

template <bool IsInside>
std::optional<std::uint32_t> translate(const std::vector<Extent>& extents, std::uint32_t id) {
  if (extents.empty()) return id;
  for (const Extent& extent : extents) {
    const std::uint32_t from = IsInside ? extent.inside : extent.outside;
    const std::uint32_t to = IsInside ? extent.outside : extent.inside;
    if (id >= from && id - from < extent.count) return to + (id - from);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> outside_of(const std::vector<Extent>& extents, std::uint32_t inside) {
  return translate<true>(extents, inside);
}

std::optional<std::uint32_t> inside_of(const std::vector<Extent>& extents, std::uint32_t outside) {
  return translate<false>(extents, outside);
}

std::vector<Extent> cut(const std::vector<Extent>& extents, const std::vector<Extent>& parent) {
  std::vector<Extent> pieces;
  for (Extent rest : extents) {
    while (rest.count > 0) {
      const auto holder = std::find_if(parent.begin(), parent.end(), [&](const Extent& one) {
        return rest.outside >= one.inside && rest.outside - one.inside < one.count;
      });
      if (holder == parent.end()) {
        throw base::Error(fmt::format("id {}: not one of this user's ids", rest.outside));
      }
      const std::uint32_t there = holder->count - (rest.outside - holder->inside);
      const std::uint32_t count = std::min(rest.count, there);
      pieces.push_back({rest.inside, rest.outside, count});
      rest = {rest.inside + count, rest.outside + count, rest.count - count};
    }
  }
  return pieces;
}

Wish Wish::parse(std::string_view mode) {
  const auto [kind, words] = base::split_once(std::string(mode), ':');
  Wish wish;
  if (kind.empty() || kind == "host") return wish;
  if (kind == "nomap" && !words) {
    wish.kind = Kind::NoMap;
    return wish;
  }
  if (kind == "ns") {
    throw base::Error(fmt::format(
        "{}: which ids it has, and so whose the image's files are, is not known", mode));
  }
  if (kind == "auto") {
    wish.kind = Kind::Auto;
    for (const std::string& word : words ? base::split(*words, ',') : std::vector<std::string>())
      take_auto_word(wish, word);
    return wish;
  }
  if (kind != "keep-id") {
    throw base::Error(fmt::format("{}: not one of host, keep-id, nomap, auto", mode));
  }
  wish.kind = Kind::KeepId;
  if (!words) return wish;
  for (const std::string& word : base::split(*words, ','))
    take_word(wish, word);
  return wish;
}

Ids ids_for(const Wish& wish, const home::Home& home, const std::vector<Ids>& taken) {
  if (wish.kind == Wish::Kind::Session) return {};
  if (home.uid == 0 && wish.kind != Wish::Kind::Auto)
    throw base::Error("root has no id to keep: only for other users");
  const Mapping session = mapping_of(home);
  if (session.is_single()) {
    throw base::Error(fmt::format("needs subordinate ids: {}", session.reason));
  }
  if (wish.kind == Wish::Kind::Auto) return of_nobody(wish, session, taken);
  if (wish.kind == Wish::Kind::NoMap) {
    return {{{0, 1, count_of(session.uids) - 1}}, {{0, 1, count_of(session.gids) - 1}}};
  }
  return {keep(session.uids, wish.uid.value_or(home.uid), wish),
          keep(session.gids, wish.gid.value_or(home.gid), wish)};
}

Ids ids_for(const std::vector<std::string>& uid_map, const std::vector<std::string>& gid_map,
            const home::Home& home) {
  const Mapping session = mapping_of(home);
  return {parse_extents(uid_map.empty() ? gid_map : uid_map, session.uids),
          parse_extents(gid_map.empty() ? uid_map : gid_map, session.gids)};
}

Ids ids_of_names(const std::string& uid_name, const std::string& gid_name, const home::Home& home) {
  const std::string& own = home.user;
  for (const std::string& name : {uid_name, gid_name}) {
    if (name.empty() || name == own || name == std::to_string(home.uid)) continue;
    throw base::Error(
        fmt::format("{}: newuidmap(1) gives a user no ids but its own: expected {}", name, own));
  }
  const Mapping session = mapping_of(home);
  if (session.is_single()) {
    throw base::Error(fmt::format("needs subordinate ids: {}", session.reason));
  }
  return {{{0, 1, count_of(session.uids) - 1}}, {{0, 1, count_of(session.gids) - 1}}};
}

std::vector<std::string> extent_texts(const std::vector<Extent>& extents) {
  std::vector<std::string> texts;
  texts.reserve(extents.size());
  for (const Extent& extent : extents)
    texts.push_back(fmt::format("{}:{}:{}", extent.inside, extent.outside, extent.count));
  return texts;
}

std::vector<Extent> parse_extent_texts(const std::vector<std::string>& texts) {
  std::vector<Extent> extents;
  for (const std::string& text : texts) {
    const auto numbers = base::split(text, ':');
    if (numbers.size() != 3) throw base::Error(fmt::format("{}: not an extent of ids", text));
    extents.push_back({parse_id(numbers[0]), parse_id(numbers[1]), parse_id(numbers[2])});
  }
  return extents;
}

}  // namespace userns
