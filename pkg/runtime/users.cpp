#include "pkg/runtime/users.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace runtime {
namespace {

constexpr std::size_t kFileLimit = std::size_t{4} << 20U;

// Fields of passwd(5) and group(5).
enum Field : std::size_t { Name = 0, Id = 2, Members = 3, PrimaryGroup = 3, HomeDirectory = 5 };

using Entry = std::vector<std::string>;

std::vector<Entry> read_entries(const sys::Fd& root, const std::string& path, std::size_t fields) {
  std::vector<Entry> entries;
  // Not waiting for a writer, should the image have a pipe there.
  const auto file = sys::find_in(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return entries;
  for (const std::string& line : base::split(sys::read_all(*file, kFileLimit), '\n')) {
    Entry entry = base::split(base::trim(line), ':');
    if (entry.size() >= fields) entries.push_back(std::move(entry));
  }
  return entries;
}

std::optional<std::uint32_t> parse_id(const std::string& text) {
  const auto number = base::parse_integer(text);
  if (!number || *number < 0 || *number >= 0xFFFFFFFFLL) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

// By name first: a name may consist of digits.
const Entry* find_entry(const std::vector<Entry>& entries, const std::string& text) {
  for (const Field field : {Name, Id}) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry[field] == text; });
    if (found != entries.end()) return &*found;
  }
  return nullptr;
}

std::uint32_t id_of(const std::vector<Entry>& entries, const std::string& text, const char* kind,
                    const char* file) {
  const Entry* entry = find_entry(entries, text);
  const auto id = parse_id(entry != nullptr ? (*entry)[Id] : text);
  if (!id) throw base::Error(fmt::format("{} {}: not in the image's {}", kind, text, file));
  return *id;
}

class Resolution {
 public:
  Resolution(const sys::Fd& root, const oci::User& user)
      : root_(root), user_(user), passwd_(read_entries(root, "etc/passwd", 6)) {}

  Identity identity() {
    auto [name, group] = base::split_once(user_.name, ':');
    if (user_.name.empty()) {
      name = std::to_string(user_.uid);
      group = std::to_string(user_.gid);
    } else if (name.empty()) {
      name.assign(1, '0');
    }
    identity_.uid = id_of(passwd_, name, "user", "/etc/passwd");
    identity_.groups.assign(user_.additional_gids.begin(), user_.additional_gids.end());
    identity_.needs_groups = !identity_.groups.empty();
    const Entry* entry = find_entry(passwd_, name);
    if (entry != nullptr && (*entry)[HomeDirectory].starts_with('/')) {
      identity_.home = (*entry)[HomeDirectory];
    }
    if (group && !group->empty()) {
      identity_.gid = id_of(groups(), *group, "group", "/etc/group");
    } else if (entry != nullptr) {
      take_groups_of(*entry);
    }
    add_groups();
    // The primary group is one of the supplementary ones, too: else whoever changes it would keep
    // no trace of it, and files that forbid it would open up.
    if (std::count(identity_.groups.begin(), identity_.groups.end(), identity_.gid) == 0) {
      identity_.groups.insert(identity_.groups.begin(), identity_.gid);
    }
    return std::move(identity_);
  }

 private:
  const std::vector<Entry>& groups() {
    if (!groups_) groups_ = read_entries(root_, "etc/group", 3);
    return *groups_;
  }

  void take_groups_of(const Entry& user) {
    identity_.gid = parse_id(user[PrimaryGroup]).value_or(0);
    for (const Entry& group : groups()) {
      if (group.size() <= Members) continue;
      const auto members = base::split(group[Members], ',');
      const auto id = parse_id(group[Id]);
      if (id && std::count(members.begin(), members.end(), user[Name]) > 0) add_group(*id);
    }
  }

  void add_group(std::uint32_t id) {
    std::vector<std::uint32_t>& groups = identity_.groups;
    if (std::count(groups.begin(), groups.end(), id) == 0) groups.push_back(id);
  }

  void add_groups() {
    for (const std::string& group : user_.additional_groups) {
      if (group == "keep-groups") {
        identity_.keeps_groups = true;
      } else {
        add_group(id_of(groups(), group, "group", "/etc/group"));
        identity_.needs_groups = true;
      }
    }
  }

  const sys::Fd& root_;
  const oci::User& user_;
  std::vector<Entry> passwd_;
  std::optional<std::vector<Entry>> groups_;
  Identity identity_;
};

}  // namespace

Identity resolve_user(const sys::Fd& root, const oci::User& user) {
  return Resolution(root, user).identity();
}

Identity identity_of(const sys::Fd& root, const oci::Process& process) {
  const oci::User& user = process.user;
  if (!process.is_literal) return resolve_user(root, user);
  Identity identity;
  identity.uid = user.uid;
  identity.gid = user.gid;
  identity.groups.assign(user.additional_gids.begin(), user.additional_gids.end());
  identity.needs_groups = !identity.groups.empty();
  for (const Entry& entry : read_entries(root, "etc/passwd", 6)) {
    if (parse_id(entry[Id]) != user.uid) continue;
    if (entry[HomeDirectory].starts_with('/')) identity.home = entry[HomeDirectory];
    break;
  }
  return identity;
}

}  // namespace runtime
