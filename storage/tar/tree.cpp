#include "storage/tar/tree.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <array>
#include <cerrno>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

namespace tar {
namespace {

constexpr mode_t kSpecialBits = 07000;
constexpr mode_t kImpliedMode = 0755;
constexpr const char* kOpaque = "user.overlay.opaque";

bool is_whiteout(const struct stat& status) {
  return S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

// Nothing when there is none.
std::optional<struct stat> find_status(const sys::Fd& parent, const std::string& name) {
  struct stat status {};
  if (::fstatat(parent.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
  if (errno != ENOENT) throw base::SysError(name);
  return std::nullopt;
}

std::array<timespec, 2> both(timespec mtime) {
  return {mtime, mtime};
}

[[noreturn]] void refuse_owner(const Entry& entry) {
  throw base::Error(
      fmt::format("it belongs to {}:{}, and so many ids are not mapped here: /etc/subuid and "
                  "/etc/subgid have to grant more",
                  entry.uid, entry.gid));
}

// File systems say of an attribute too large for them that the disk is full.
[[noreturn]] void refuse_xattr(const sys::Fd& file, const std::string& name, std::size_t size) {
  constexpr std::uint64_t kFull = 256;  // blocks
  const int error = errno;
  struct statvfs status {};
  const bool is_full = ::fstatvfs(file.get(), &status) != 0 || status.f_bavail < kFull;
  if (error != ENOSPC || is_full) throw base::SysError(name, error);
  throw base::Error(
      fmt::format("{}: its attributes, one with {} bytes, are more than this file "
                  "system keeps of a file",
                  name, size));
}

void mark_opaque(const sys::Fd& parent, const std::string& name) {
  const sys::Fd directory = sys::open_at(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (::fsetxattr(directory.get(), kOpaque, "y", 1, 0) < 0) throw base::SysError(kOpaque);
}

}  // namespace

bool is_welcome_xattr(std::string_view name) {
  if (name == "security.capability") return true;
  return name.starts_with("user.") && !name.starts_with("user.overlay.") &&
         !name.starts_with("user.fuseoverlayfs.") && !name.starts_with("user.containers.");
}

sys::Fd Tree::make_file(const Place& place, const Entry& entry) {
  const sys::Fd& parent = parent_of(place);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  try {
    return sys::open_at(parent, place.name, kFlags, entry.mode & ~kSpecialBits);
  } catch (const base::SysError& error) {
    if (error.number() != EEXIST) throw;
  }
  clear_way(parent, place);
  return sys::open_at(parent_of(place), place.name, kFlags, entry.mode & ~kSpecialBits);
}

void Tree::finish_file(const sys::Fd& file, const Entry& entry) {
  if (squash_) {
    was_squashed_ |= entry.uid != 0 || entry.gid != 0;
  } else if ((entry.uid != 0 || entry.gid != 0) && ::fchown(file.get(), entry.uid, entry.gid) < 0) {
    if (errno == EINVAL) refuse_owner(entry);
    throw base::SysError("owner");
  }
  // Writing and changing the owner take these bits and attributes away, so they come last.
  if ((entry.mode & kSpecialBits) != 0 && ::fchmod(file.get(), entry.mode) < 0) {
    throw base::SysError("mode");
  }
  set_xattrs(file, entry);
  if (::futimens(file.get(), both(entry.mtime).data()) < 0) throw base::SysError("time");
}

void Tree::make_directory(const Place& place, const Entry& entry) {
  // The peers take no notice of what an archive says of the root itself: it is often no more than
  // the private folder that somebody packed, which users other than root could not enter.
  if (place.name.empty()) {
    bytes_of_names_ += sizeof(Directory);
    directories_.push_back({.path = "", .mode = 0755, .mtime = entry.mtime});
    return;
  }
  const sys::Fd& parent = parent_of(place);
  const bool is_new = make_or_merge(parent, place, entry.mode & ~kSpecialBits);
  set_owner(parent_of(place), place.name, entry, is_new);
  describe_directory(place.path(), entry);
}

void Tree::describe_directory(const std::string& path, const Entry& entry) {
  bytes_of_names_ += static_cast<std::int64_t>(path.size() + sizeof(Directory));
  directories_.push_back({.path = path, .mode = entry.mode, .mtime = entry.mtime});
  if (entry.xattrs.empty()) return;
  set_xattrs(sys::open_in(root_, path.empty() ? "." : path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
             entry);
}

void Tree::make_symlink(const Place& place, const Entry& entry) {
  if (::symlinkat(entry.link.c_str(), parent_of(place).get(), place.name.c_str()) < 0) {
    if (errno != EEXIST) throw base::SysError("symbolic link");
    clear_way(parent_of(place), place);
    if (::symlinkat(entry.link.c_str(), parent_of(place).get(), place.name.c_str()) < 0) {
      throw base::SysError("symbolic link");
    }
  }
  const sys::Fd& parent = parent_of(place);
  set_owner(parent, place.name, entry, true);
  ::utimensat(parent.get(), place.name.c_str(), both(entry.mtime).data(), AT_SYMLINK_NOFOLLOW);
}

void Tree::make_hardlink(const Place& place, const Entry& entry) {
  const Place target = place_of(entry.link);
  if (target.name.empty()) throw base::Error("hard link to the root");
  if (target.path() == place.path()) return;
  const std::optional<sys::Fd> found =
      sys::find_in(root_, target.parent.empty() ? "." : target.parent, O_PATH | O_DIRECTORY);
  if (!found || !find_status(*found, target.name)) {
    throw base::Error(fmt::format("hard link to {}, which is not in the layer", entry.link));
  }
  const sys::Fd& parent = parent_of(place);
  if (::linkat(found->get(), target.name.c_str(), parent.get(), place.name.c_str(), 0) == 0) return;
  if (errno != EEXIST) throw base::SysError(fmt::format("hard link to {}", entry.link));
  clear_way(parent, place);
  if (::linkat(found->get(), target.name.c_str(), parent_of(place).get(), place.name.c_str(), 0) <
      0) {
    throw base::SysError(fmt::format("hard link to {}", entry.link));
  }
}

void Tree::make_fifo(const Place& place, const Entry& entry) {
  if (find_status(parent_of(place), place.name)) clear_way(parent_of(place), place);
  const sys::Fd& parent = parent_of(place);
  if (::mkfifoat(parent.get(), place.name.c_str(), entry.mode) < 0) throw base::SysError("fifo");
  set_owner(parent, place.name, entry, true);
  ::utimensat(parent.get(), place.name.c_str(), both(entry.mtime).data(), AT_SYMLINK_NOFOLLOW);
}

// What the same layer brings under that name hides the lower one already; a directory does so only
// when it is opaque.
void Tree::make_whiteout(const Place& place, std::string_view hidden) {
  const sys::Fd& parent = parent_of(place);
  const std::string name(hidden);
  if (::mknodat(parent.get(), name.c_str(), S_IFCHR, 0) == 0) return;
  if (errno != EEXIST) throw base::SysError("whiteout");
  const std::optional<struct stat> there = find_status(parent, name);
  if (there && S_ISDIR(there->st_mode)) mark_opaque(parent, name);
}

void Tree::make_opaque(const Place& place) {
  mark_opaque(parent_of(place), ".");
}

void Tree::finish() {
  for (const Directory& directory : directories_) {
    const std::string path = directory.path.empty() ? "." : directory.path;
    const std::optional<sys::Fd> found =
        sys::find_in(root_, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!found) continue;  // replaced by a later member
    if (::fchmod(found->get(), directory.mode) < 0) throw base::SysError(path);
    if (::futimens(found->get(), both(directory.mtime).data()) < 0) throw base::SysError(path);
  }
}

const sys::Fd& Tree::parent_of(const Place& place) {
  if (place.name.empty()) throw base::Error("only a directory can be the root");
  return directory(place.parent);
}

const sys::Fd& Tree::directory(const std::string& path) {
  const sys::Fd* found = folders_.find(path);
  if (found == nullptr) {
    make_missing(path);
    found = folders_.find(path);
  }
  if (found == nullptr) throw base::Error(path + " is not a directory");
  return *found;
}

// Archives may leave directories out that their members are in.
void Tree::make_missing(const std::string& path) {
  std::size_t end = 0;
  while (end != std::string::npos) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    if (sys::find_in(root_, part, O_PATH | O_DIRECTORY)) continue;
    const Place place = place_of(part);
    const sys::Fd parent =
        sys::open_in(root_, place.parent.empty() ? "." : place.parent, O_PATH | O_DIRECTORY);
    const std::optional<struct stat> there = find_status(parent, place.name);
    if (there && !is_whiteout(*there)) throw base::Error(part + " is not a directory");
    make_or_merge(parent, place, kImpliedMode);
  }
}

// False when the directory was there already.
bool Tree::make_or_merge(const sys::Fd& parent, const Place& place, mode_t mode) {
  const std::string& name = place.name;
  if (::mkdirat(parent.get(), name.c_str(), mode) == 0) return true;
  if (errno != EEXIST) throw base::SysError("directory");
  const std::optional<struct stat> there = find_status(parent, name);
  if (there && S_ISDIR(there->st_mode)) return false;
  const sys::Fd keep = parent.duplicate();  // clearing the way forgets open directories
  clear_way(keep, place);
  if (::mkdirat(keep.get(), name.c_str(), mode) < 0) throw base::SysError("directory");
  // Gone from the layers below and made anew: nothing of the old one shows through.
  if (there && is_whiteout(*there)) mark_opaque(keep, name);
  return true;
}

void Tree::clear_way(const sys::Fd& parent, const Place& place) {
  const std::optional<struct stat> there = find_status(parent, place.name);
  if (!there) return;
  const bool is_directory = S_ISDIR(there->st_mode);
  const bool has_body = is_directory || (S_ISREG(there->st_mode) && there->st_size > 0);
  if (outline_ != nullptr && has_body) {
    outline_->keep(parent, {.parent = folders_.real_path(parent), .name = place.name});
    bytes_of_names_ += std::ssize(place.parent) + std::ssize(place.name);
  } else if (is_directory) {
    sys::remove_tree(sys::fd_path(parent) + "/" + place.name);
  } else if (::unlinkat(parent.get(), place.name.c_str(), 0) < 0) {
    throw base::SysError(place.name);
  }
  // Paths that led through it lead elsewhere now.
  if (is_directory || S_ISLNK(there->st_mode)) folders_.forget();
}

void Tree::set_owner(const sys::Fd& parent, const std::string& name, const Entry& entry,
                     bool is_new) {
  const bool is_root = entry.uid == 0 && entry.gid == 0;
  if (squash_) was_squashed_ |= !is_root;
  if (squash_ || (is_root && is_new)) return;
  if (::fchownat(parent.get(), name.c_str(), entry.uid, entry.gid, AT_SYMLINK_NOFOLLOW) == 0)
    return;
  if (errno == EINVAL) refuse_owner(entry);
  throw base::SysError("owner");
}

void Tree::set_xattrs(const sys::Fd& file, const Entry& entry) {
  for (const auto& [name, value] : entry.xattrs) {
    if (!is_welcome_xattr(name)) continue;
    if (::fsetxattr(file.get(), name.c_str(), value.data(), value.size(), 0) == 0) continue;
    // A file system without them still makes a usable image.
    if (errno == ENOTSUP || (squash_ && errno == EPERM)) continue;
    refuse_xattr(file, name, value.size());
  }
}

}  // namespace tar
