#include "storage/changes.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

namespace storage {
namespace {

// The directories that show through one another at one path, topmost first.
using Merged = std::vector<sys::Fd>;

// A name in them: what it is, and which of them has it.
struct Member {
  struct stat status {};
  std::size_t place = 0;
};
using Members = std::map<std::string, Member>;

bool is_whiteout(const struct stat& status) {
  return S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

bool is_opaque(const sys::Fd& directory) {
  for (const char* name : {"user.overlay.opaque", "user.fuseoverlayfs.opaque"}) {
    std::array<char, 4> value{};
    if (::fgetxattr(directory.get(), name, value.data(), value.size()) == 1 && value[0] == 'y') {
      return true;
    }
  }
  return false;
}

std::optional<struct stat> find_status(const sys::Fd& directory, const std::string& name) {
  struct stat status {};
  if (::fstatat(directory.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
  if (errno == ENOENT) return std::nullopt;
  throw base::SysError(name);
}

Members members_of(const Merged& merged) {
  Members members;
  std::map<std::string, bool> is_decided;
  for (std::size_t place = 0; place < merged.size(); ++place) {
    for (const std::string& name : sys::list_dir(sys::fd_path(merged[place]))) {
      if (!is_decided.emplace(name, true).second) continue;
      const auto status = find_status(merged[place], name);
      if (status && !is_whiteout(*status)) members[name] = {*status, place};
    }
  }
  return members;
}

// What a directory consists of, from the place on that has it first.
Merged below(const Merged& merged, const std::string& name, std::size_t place) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Merged inner;
  for (; place < merged.size(); ++place) {
    sys::Fd directory(::openat(merged[place].get(), name.c_str(), kFlags));
    if (!directory && errno == ENOENT) continue;
    if (!directory && (errno == ENOTDIR || errno == ELOOP)) break;
    if (!directory) throw base::SysError(name);
    inner.push_back(std::move(directory));
    if (is_opaque(inner.back())) break;
  }
  return inner;
}

bool are_same(const Merged& one, const Merged& other) {
  return std::ranges::equal(one, other, [](const sys::Fd& a, const sys::Fd& b) {
    struct stat left {};
    struct stat right {};
    return ::fstat(a.get(), &left) == 0 && ::fstat(b.get(), &right) == 0 &&
           left.st_dev == right.st_dev && left.st_ino == right.st_ino;
  });
}

bool is_same(const struct stat& one, const struct stat& other) {
  const bool is_directory = S_ISDIR(one.st_mode);
  return one.st_mode == other.st_mode && one.st_uid == other.st_uid && one.st_gid == other.st_gid &&
         one.st_rdev == other.st_rdev && (is_directory || one.st_size == other.st_size) &&
         one.st_mtim.tv_sec == other.st_mtim.tv_sec && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec;
}

struct Pair {
  const Merged& before;
  const Merged& after;
};

using Changes = std::vector<Change>;

bool compare(const Pair& pair, const std::string& path, Changes& changes);

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree
void add_all(const Merged& merged, const std::string& path, Changes& changes) {
  for (const auto& [name, member] : members_of(merged)) {
    const std::string inner = path + "/" + name;
    changes.push_back({Change::Kind::Added, inner});
    if (S_ISDIR(member.status.st_mode)) add_all(below(merged, name, member.place), inner, changes);
  }
}

// A name that both have.
struct Both {
  std::string name;
  Member before;
  Member after;
};

// NOLINTNEXTLINE(misc-no-recursion)
void compare_member(const Pair& pair, const Both& both, const std::string& path, Changes& changes) {
  const std::size_t at = changes.size();
  bool is_different = !is_same(both.before.status, both.after.status);
  if (S_ISDIR(both.after.status.st_mode)) {
    const bool was_directory = S_ISDIR(both.before.status.st_mode);
    const Merged after = below(pair.after, both.name, both.after.place);
    const Merged before =
        was_directory ? below(pair.before, both.name, both.before.place) : Merged();
    is_different |= compare({before, after}, path, changes);
  }
  if (!is_different) return;
  changes.insert(changes.begin() + static_cast<std::ptrdiff_t>(at), {Change::Kind::Changed, path});
}

// Whether names were added or deleted here, which changes the directory itself.
// NOLINTNEXTLINE(misc-no-recursion)
bool compare(const Pair& pair, const std::string& path, Changes& changes) {
  if (are_same(pair.before, pair.after)) return false;
  const Members before = members_of(pair.before);
  const Members after = members_of(pair.after);
  bool is_different = false;
  for (const auto& [name, member] : after) {
    const std::string inner = path + "/" + name;
    if (const auto former = before.find(name); former != before.end()) {
      compare_member(pair, {name, former->second, member}, inner, changes);
      continue;
    }
    is_different = true;
    changes.push_back({Change::Kind::Added, inner});
    if (S_ISDIR(member.status.st_mode)) {
      add_all(below(pair.after, name, member.place), inner, changes);
    }
  }
  for (const auto& [name, member] : before) {
    if (after.contains(name)) continue;
    is_different = true;
    changes.push_back({Change::Kind::Deleted, path + "/" + name});
  }
  return is_different;
}

Merged open_all(const std::vector<std::string>& folders) {
  Merged merged;
  for (const std::string& folder : folders)
    merged.push_back(sys::open_dir(folder));
  return merged;
}

}  // namespace

std::vector<Change> changes_between(const std::vector<std::string>& before,
                                    const std::vector<std::string>& after) {
  Changes changes;
  const Merged from = open_all(before);
  const Merged to = open_all(after);
  compare({from, to}, "", changes);
  std::ranges::sort(changes, {}, &Change::path);
  return changes;
}

}  // namespace storage
