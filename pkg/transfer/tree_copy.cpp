#include "pkg/transfer/tree_copy.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/copy.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/tar/tree.hpp"

#include <climits>

#include <array>
#include <cerrno>
#include <map>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace transfer {
namespace {

using File = std::pair<dev_t, ino_t>;

File identity(const struct stat& status) {
  return {status.st_dev, status.st_ino};
}

struct stat status_of(const sys::Fd& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw base::SysError("stat");
  return status;
}

std::optional<struct stat> find_status(const Spot& spot) {
  struct stat status {};
  if (::fstatat(spot.parent.get(), spot.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
    return status;
  }
  if (errno != ENOENT) throw base::SysError(spot.name);
  return std::nullopt;
}

void copy_xattrs(const sys::Fd& from, const sys::Fd& to) {
  if (::flistxattr(from.get(), nullptr, 0) <= 0) return;
  std::vector<char> names(XATTR_LIST_MAX);
  const ssize_t size = ::flistxattr(from.get(), names.data(), names.size());
  for (ssize_t at = 0; at < size;) {
    const std::string name = names.data() + at;
    at += static_cast<ssize_t>(name.size()) + 1;
    if (!tar::is_welcome_xattr(name)) continue;
    std::vector<char> value(XATTR_SIZE_MAX);
    const ssize_t length = ::fgetxattr(from.get(), name.c_str(), value.data(), value.size());
    if (length < 0) continue;
    if (::fsetxattr(to.get(), name.c_str(), value.data(), static_cast<std::size_t>(length), 0) !=
            0 &&
        errno != ENOTSUP && errno != EPERM) {
      throw base::SysError(name);
    }
  }
}

class Copy {
 public:
  explicit Copy(const CopyOptions& options) : options_(options) {}

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which open files bound.
  void into(const sys::Fd& from, const sys::Fd& to) {
    made_.try_emplace(identity(status_of(to)), 0);
    for (const std::string& name : sys::list_dir(sys::fd_path(from))) {
      path_.push_back(name);
      try {
        entry({from.duplicate(), name}, {to.duplicate(), name});
      } catch (base::Error& error) {
        if (!is_named_) error.during(path());
        is_named_ = true;
        throw;
      }
      path_.pop_back();
    }
  }

  void to(const sys::Fd& from, const Spot& to) {
    const struct stat status = status_of(from);
    if (S_ISDIR(status.st_mode)) {
      directory(from, to, status);
    } else {
      file(from, to, status);
    }
  }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which open files bound.
  void entry(const Spot& from, const Spot& to) {
    const auto status = find_status(from);
    if (!status) return;  // gone meanwhile
    constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
    if (S_ISDIR(status->st_mode)) {
      directory(sys::open_at(from.parent, from.name, kFlags | O_DIRECTORY), to, *status);
    } else if (S_ISREG(status->st_mode)) {
      if (status->st_nlink > 1 && linked(to, *status)) return;
      file(sys::open_at(from.parent, from.name, kFlags), to, *status);
    } else if (S_ISLNK(status->st_mode)) {
      link(from, to, *status);
    } else if (S_ISFIFO(status->st_mode)) {
      clear(to, false);
      if (::mkfifoat(to.parent.get(), to.name.c_str(), 0600) != 0) throw base::SysError("pipe");
      describe_name(to, *status);
      set_mode(to, *status);
    }
  }

  // Makes way for what is (or is not) a directory; true when a directory is there to be merged.
  bool clear(const Spot& to, bool is_directory) const {
    const auto there = find_status(to);
    if (!there) return false;
    if (S_ISDIR(there->st_mode) && is_directory) return true;
    if (S_ISDIR(there->st_mode) != is_directory && !options_.overwrite) {
      throw base::Error(is_directory ? "a directory would replace what is none; see --overwrite"
                                     : "it would replace a directory; see --overwrite");
    }
    sys::remove_tree(sys::fd_path(to.parent) + "/" + to.name);
    return false;
  }

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which open files bound.
  void directory(const sys::Fd& from, const Spot& to, const struct stat& status) {
    if (made_.contains(identity(status))) throw base::Error("it cannot be copied into itself");
    if (!clear(to, true) && ::mkdirat(to.parent.get(), to.name.c_str(), 0700) != 0) {
      throw base::SysError("make directory");
    }
    const sys::Fd made = sys::open_at(to.parent, to.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    into(from, made);
    describe(from, made, status);
  }

  void file(const sys::Fd& from, const Spot& to, const struct stat& status) {
    if (!S_ISREG(status.st_mode)) throw base::Error("neither a file nor a directory");
    const sys::Fd made = make_file(to);
    sys::copy_bytes(from, made);
    describe(from, made, status);
    if (status.st_nlink > 1) links_.try_emplace(identity(status), to.parent.duplicate(), to.name);
  }

  // What is mounted at a place cannot be replaced, but written to.
  sys::Fd make_file(const Spot& to) const {
    constexpr int kFlags = O_WRONLY | O_CREAT | O_NOFOLLOW;
    try {
      clear(to, false);
    } catch (const base::SysError& error) {
      if (error.number() != EBUSY) throw;
      return sys::open_at(to.parent, to.name, kFlags | O_TRUNC, 0600);
    }
    return sys::open_at(to.parent, to.name, kFlags | O_EXCL, 0600);
  }

  // True when it is one more name of a file that is there already.
  bool linked(const Spot& to, const struct stat& status) {
    const auto known = links_.find(identity(status));
    if (known == links_.end()) return false;
    clear(to, false);
    const auto& [parent, name] = known->second;
    if (::linkat(parent.get(), name.c_str(), to.parent.get(), to.name.c_str(), 0) == 0) return true;
    if (errno == EXDEV) return false;  // another file system is mounted there
    throw base::SysError("hard link");
  }

  void link(const Spot& from, const Spot& to, const struct stat& status) const {
    std::array<char, PATH_MAX + 1> text{};
    if (::readlinkat(from.parent.get(), from.name.c_str(), text.data(), PATH_MAX) < 0) {
      throw base::SysError("symbolic link");
    }
    clear(to, false);
    if (::symlinkat(text.data(), to.parent.get(), to.name.c_str()) != 0) {
      throw base::SysError("symbolic link");
    }
    describe_name(to, status);
  }

  std::pair<uid_t, gid_t> owner_of(const struct stat& status) const {
    if (options_.owner) return *options_.owner;
    return {translate(options_.from.uids, options_.to.uids, status.st_uid),
            translate(options_.from.gids, options_.to.gids, status.st_gid)};
  }

  static std::uint32_t translate(const std::vector<userns::Extent>& from,
                                 const std::vector<userns::Extent>& to, std::uint32_t id) {
    const auto seen = userns::inside_of(from, id);
    const auto meant = seen ? userns::outside_of(to, *seen) : std::nullopt;
    if (meant) return *meant;
    throw base::Error("its owner is nobody there; see --archive");
  }

  static std::array<timespec, 2> times_of(const struct stat& status) {
    return {status.st_atim, status.st_mtim};
  }

  void describe_name(const Spot& to, const struct stat& status) const {
    const auto [uid, gid] = owner_of(status);
    const int parent = to.parent.get();
    if (::fchownat(parent, to.name.c_str(), uid, gid, AT_SYMLINK_NOFOLLOW) != 0) {
      throw base::SysError("owner");
    }
    ::utimensat(parent, to.name.c_str(), times_of(status).data(), AT_SYMLINK_NOFOLLOW);
  }

  // Not by its name: a container may have put a link to a file of ours there by now.
  static void set_mode(const Spot& pipe, const struct stat& status) {
    const sys::Fd made = sys::open_at(pipe.parent, pipe.name, O_PATH | O_NOFOLLOW);
    if (S_ISFIFO(status_of(made).st_mode)) {
      ::chmod(sys::fd_path(made).c_str(), status.st_mode & 07777U);
    }
  }

  // Owner before mode and attributes: changing the owner takes some of them away.
  void describe(const sys::Fd& from, const sys::Fd& to, const struct stat& status) const {
    const auto [uid, gid] = owner_of(status);
    if (::fchown(to.get(), uid, gid) != 0) throw base::SysError("owner");
    copy_xattrs(from, to);
    if (::fchmod(to.get(), status.st_mode & 07777U) != 0) throw base::SysError("mode");
    ::futimens(to.get(), times_of(status).data());
  }

  std::string path() const {
    std::string text;
    for (const std::string& part : path_)
      text += (text.empty() ? "" : "/") + part;
    return text;
  }

  const CopyOptions& options_;
  std::vector<std::string> path_;
  bool is_named_ = false;     // the error on its way out tells the path
  std::map<File, int> made_;  // directories that are written to
  std::map<File, std::pair<sys::Fd, std::string>> links_;
};

}  // namespace

void copy_to(const sys::Fd& from, const Spot& to, const CopyOptions& options) {
  Copy(options).to(from, to);
}

void copy_into(const sys::Fd& from, const sys::Fd& to, const CopyOptions& options) {
  Copy(options).into(from, to);
}

}  // namespace transfer
