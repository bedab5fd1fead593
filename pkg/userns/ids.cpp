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
  if (kind != "keep-id") {
    throw base::Error(fmt::format("{}: not one of host, keep-id, nomap", mode));
  }
  wish.kind = Kind::KeepId;
  if (!words) return wish;
  for (const std::string& word : base::split(*words, ','))
    take_word(wish, word);
  return wish;
}

Ids ids_for(const Wish& wish, const home::Home& home) {
  if (wish.kind == Wish::Kind::Session) return {};
  if (home.uid == 0) throw base::Error("root has no id to keep: only for other users");
  const Mapping session = mapping_of(home);
  if (session.is_single()) {
    throw base::Error(fmt::format("needs subordinate ids: {}", session.reason));
  }
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
