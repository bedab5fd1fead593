#pragma once

#include "pkg/home/home.hpp"
#include "pkg/userns/mapping.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace userns {

// The ids of a container's own user namespace. `outside` of its extents counts as the session's
// namespace does: 0 is the caller, 1 and up are the subordinate ids. Without extents a container
// has the session's ids as they are.
struct Ids {
  std::vector<Extent> uids;
  std::vector<Extent> gids;

  bool are_sessions() const { return uids.empty() && gids.empty(); }

  friend bool operator==(const Ids&, const Ids&) = default;
};

// Which id of the session an id of the container is; nothing when it is not mapped.
std::optional<std::uint32_t> outside_of(const std::vector<Extent>& extents, std::uint32_t inside);
// The other way round.
std::optional<std::uint32_t> inside_of(const std::vector<Extent>& extents, std::uint32_t outside);

// Cut where the parent's extents end, since none may span two of them. Throws base::Error naming
// the first id that the parent does not have.
std::vector<Extent> cut(const std::vector<Extent>& extents, const std::vector<Extent>& parent);

// What a user asks for: "keep-id:uid=5,gid=5,size=100", "auto:size=2000" and the likes.
struct Wish {
  enum class Kind { Session, KeepId, NoMap, Auto };
  Kind kind = Kind::Session;
  std::optional<std::uint32_t> uid;  // KeepId: as whom the caller shows up
  std::optional<std::uint32_t> gid;
  std::optional<std::uint32_t> size;  // so many ids, from 0 on
  std::vector<std::string> uid_map;   // Auto: of these ids that is certain, as with --uidmap
  std::vector<std::string> gid_map;

  // Throws base::Error that names the word it does not know.
  static Wish parse(std::string_view mode);
};

// The caller keeps its own id (or gets the one wished for), and all below and above it are
// subordinate ids. With NoMap the caller has none at all. With Auto they are ids that nobody else
// has: neither the caller nor one of `taken`.
Ids ids_for(const Wish& wish, const home::Home& home, const std::vector<Ids>& taken = {});

// What --subuidname and --subgidname ask for, of the names in /etc/subuid and /etc/subgid ("": that
// of the other one): all subordinate ids, from 0 on, as --uidmap and --gidmap would have them.
Ids ids_of_names(const std::string& uid_name, const std::string& gid_name, const home::Home& home);

// What --uidmap and --gidmap ask for: "CONTAINER:ID[:COUNT]", where ID counts as the session does,
// or as the host does with "@" before it. Where only one of the two is given, it is for both.
Ids ids_for(const std::vector<std::string>& uid_map, const std::vector<std::string>& gid_map,
            const home::Home& home);

// "0:1:1000", as `inspect` of the field shows an extent, and back.
std::vector<std::string> extent_texts(const std::vector<Extent>& extents);
std::vector<Extent> parse_extent_texts(const std::vector<std::string>& texts);

}  // namespace userns
