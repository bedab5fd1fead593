#include "storage/flat.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace storage {
namespace {

constexpr std::string_view kOverlayMark = "user.overlay.";
constexpr std::size_t kMost = std::size_t{1} << 30U;  // of copy_file_range(2) at once
constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

// A folder and its copy.
struct Pair {
  sys::Fd from;
  sys::Fd to;
};

class Copier {
 public:
  explicit Copier(const std::string& target) : target_(sys::open_dir(target)) {}

  // On top of what is there already.
  void add(const std::string& layer) {
    links_.clear();
    copy_folder({sys::open_dir(layer), sys::open_dir(sys::fd_path(target_))}, "");
  }

 private:
  void copy_folder(const Pair& folder, const std::string& path);
  void copy_entry(const Pair& parent, const std::string& name, const std::string& path);
  void copy_inner_folder(const Pair& parent, const std::string& name, const std::string& path);
  bool link_known(const Pair& parent, const std::string& name, const struct stat& status);

  sys::Fd target_;
  std::map<std::pair<dev_t, ino_t>, std::string> links_;  // where the first name of a file went
};

std::string place(const Pair& parent, const std::string& name) {
  return fmt::format("{}/{}", sys::fd_path(parent.to), name);
}

bool is_whiteout(const struct stat& status) {
  return S_ISCHR(status.st_mode) && status.st_rdev == makedev(0, 0);
}

bool is_opaque(const sys::Fd& folder) {
  char mark = 0;
  return ::fgetxattr(folder.get(), "user.overlay.opaque", &mark, 1) == 1 && mark == 'y';
}

void clear_folder(const sys::Fd& folder) {
  const std::string path = sys::fd_path(folder);
  for (const std::string& name : sys::list_dir(path))
    sys::remove_tree(fmt::format("{}/{}", path, name));
}

void copy_bytes(const sys::Fd& from, const sys::Fd& to) {
  if (::ioctl(to.get(), FICLONE, from.get()) == 0) return;
  ssize_t count = 0;
  while ((count = ::copy_file_range(from.get(), nullptr, to.get(), nullptr, kMost, 0)) > 0) {
  }
  if (count < 0) throw base::SysError("copy");
}

void copy_attributes(const sys::Fd& from, const sys::Fd& to) {
  std::array<char, 4096> names{};
  const ssize_t length = ::flistxattr(from.get(), names.data(), names.size());
  std::string_view rest(names.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!rest.empty()) {
    const std::string name(rest.substr(0, rest.find('\0')));
    rest.remove_prefix(name.size() + 1);
    if (name.starts_with(kOverlayMark)) continue;
    std::vector<char> value(65536);
    const ssize_t size = ::fgetxattr(from.get(), name.c_str(), value.data(), value.size());
    if (size < 0) continue;
    // What this file system or a security module refuses is lost: it is theirs to give.
    ::fsetxattr(to.get(), name.c_str(), value.data(), static_cast<std::size_t>(size), 0);
  }
}

void copy_status(const sys::Fd& to, const struct stat& status) {
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  if (::fchmod(to.get(), status.st_mode & 07777U) != 0) throw base::SysError("chmod");
  if (::futimens(to.get(), times.data()) != 0) throw base::SysError("set times");
}

void copy_file(const Pair& parent, const std::string& name, const struct stat& status) {
  const sys::Fd from = sys::open_at(parent.from, name, O_RDONLY | O_NOFOLLOW);
  const sys::Fd to = sys::open_at(parent.to, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (status.st_size > 0) copy_bytes(from, to);
  if (::fchown(to.get(), status.st_uid, status.st_gid) != 0) throw base::SysError("chown");
  copy_attributes(from, to);  // file capabilities go with a change of owner
  copy_status(to, status);
}

void copy_link(const Pair& parent, const std::string& name) {
  std::array<char, 4096> text{};
  const ssize_t length =
      ::readlinkat(parent.from.get(), name.c_str(), text.data(), text.size() - 1);
  if (length < 0 || ::symlinkat(text.data(), parent.to.get(), name.c_str()) != 0) {
    throw base::SysError("link");
  }
}

void copy_special(const Pair& parent, const std::string& name, const struct stat& status) {
  if (!S_ISFIFO(status.st_mode) && !S_ISSOCK(status.st_mode))
    return;  // devices are not ours to make
  if (::mknodat(parent.to.get(), name.c_str(), status.st_mode, 0) != 0) {
    throw base::SysError("mknod");
  }
}

void copy_owner_and_times(const Pair& parent, const std::string& name, const struct stat& status) {
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  (void)!::fchownat(parent.to.get(), name.c_str(), status.st_uid, status.st_gid,
                    AT_SYMLINK_NOFOLLOW);
  ::utimensat(parent.to.get(), name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which open files bound.
void Copier::copy_folder(const Pair& folder, const std::string& path) {
  struct stat status {};
  if (::fstat(folder.from.get(), &status) != 0) throw base::SysError("stat");
  if (is_opaque(folder.from)) clear_folder(folder.to);
  for (const std::string& name : sys::list_dir(sys::fd_path(folder.from))) {
    try {
      copy_entry(folder, name, path.empty() ? name : fmt::format("{}/{}", path, name));
    } catch (base::Error& error) {
      error.during(name);
      throw;
    }
  }
  if (::fchown(folder.to.get(), status.st_uid, status.st_gid) != 0) throw base::SysError("chown");
  copy_attributes(folder.from, folder.to);
  copy_status(folder.to, status);
}

// NOLINTNEXTLINE(misc-no-recursion)
void Copier::copy_inner_folder(const Pair& parent, const std::string& name,
                               const std::string& path) {
  struct stat there {};
  const bool is_there = ::fstatat(parent.to.get(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0;
  if (is_there && !S_ISDIR(there.st_mode)) sys::remove_tree(place(parent, name));
  if (::mkdirat(parent.to.get(), name.c_str(), 0700) != 0 && errno != EEXIST) {
    throw base::SysError("make directory");
  }
  copy_folder({sys::open_at(parent.from, name, kFolder), sys::open_at(parent.to, name, kFolder)},
              path);
}

bool Copier::link_known(const Pair& parent, const std::string& name, const struct stat& status) {
  if (status.st_nlink < 2) return false;
  const auto known = links_.find({status.st_dev, status.st_ino});
  if (known == links_.end()) return false;
  return ::linkat(target_.get(), known->second.c_str(), parent.to.get(), name.c_str(), 0) == 0;
}

// NOLINTNEXTLINE(misc-no-recursion)
void Copier::copy_entry(const Pair& parent, const std::string& name, const std::string& path) {
  struct stat status {};
  if (::fstatat(parent.from.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    throw base::SysError("stat");
  }
  if (S_ISDIR(status.st_mode)) {
    copy_inner_folder(parent, name, path);
    return;
  }
  sys::remove_tree(place(parent, name));
  if (is_whiteout(status) || link_known(parent, name, status)) return;
  if (S_ISREG(status.st_mode)) {
    copy_file(parent, name, status);
  } else {
    S_ISLNK(status.st_mode) ? copy_link(parent, name) : copy_special(parent, name, status);
    copy_owner_and_times(parent, name, status);
  }
  if (status.st_nlink > 1) links_.emplace(std::pair(status.st_dev, status.st_ino), path);
}

}  // namespace

void copy_stack(const Stack& stack, const std::string& target) try {
  Copier copier(target);
  for (auto lower = stack.lowers.rbegin(); lower != stack.lowers.rend(); ++lower)
    copier.add(*lower);
  if (!stack.upper.empty() && !sys::list_dir(stack.upper).empty()) copier.add(stack.upper);
} catch (base::Error& error) {
  error.during("copy the image");
  throw;
}

}  // namespace storage
