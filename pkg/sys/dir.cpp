#include "pkg/sys/dir.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

namespace sys {
namespace {

struct CloseDir {
  void operator()(DIR* stream) const { ::closedir(stream); }
};
using DirStream = std::unique_ptr<DIR, CloseDir>;

// Takes over the descriptor.
DirStream stream_of(int fd) {
  DirStream stream(::fdopendir(fd));
  if (!stream) ::close(fd);
  return stream;
}

template <typename Visit>
void for_each_name(DIR* stream, Visit visit) {
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name(&entry->d_name[0]);
    if (name != "." && name != "..") visit(*entry);
  }
}

int open_inner(int parent, const char* name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  const int fd = ::openat(parent, name, kFlags);
  if (fd >= 0 || errno != EACCES) return fd;
  // Not by its name, which may be a link by now.
  const Fd directory(::openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory || ::chmod(fd_path(directory).c_str(), 0700) != 0) return -1;
  return ::openat(parent, name, kFlags);
}

// Somebody to tell how much of the disk came free; nobody, where that costs time and is not asked.
using Freed = std::int64_t*;

// What removing this name will free: the blocks of a file whose last name it is.
std::int64_t blocks_of(int parent, const char* name) {
  constexpr std::int64_t kUnit = 512;  // of st_blocks, see stat(3type)
  struct stat status {};
  if (::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return 0;
  return S_ISDIR(status.st_mode) || status.st_nlink == 1 ? status.st_blocks * kUnit : 0;
}

bool unlink_at(int parent, const char* name, int flags, Freed freed) {
  const std::int64_t bytes = freed != nullptr ? blocks_of(parent, name) : 0;
  if (::unlinkat(parent, name, flags) != 0) return false;
  if (freed != nullptr) *freed += bytes;
  return true;
}

void remove_at(int parent, const char* name, Freed freed);

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which the kernel bounds by open files.
void empty_at(int parent, const char* name, Freed freed) {
  const int inner = open_inner(parent, name);
  if (inner < 0 && errno == ENOENT) return;  // somebody else is at it, too
  if (inner < 0) throw base::SysError(name);
  const DirStream stream = stream_of(inner);
  if (!stream) throw base::SysError(name);
  try {
    for_each_name(stream.get(), [&](const dirent& entry) {
      remove_at(::dirfd(stream.get()), &entry.d_name[0], freed);
    });
  } catch (base::Error& error) {
    error.during(name);
    throw;
  }
}

// NOLINTNEXTLINE(misc-no-recursion)
void remove_at(int parent, const char* name, Freed freed) {
  constexpr int kMost = 3;  // somebody may put things in while we take them out
  if (unlink_at(parent, name, 0, freed) || errno == ENOENT) return;
  if (errno == EACCES || errno == EPERM) {
    ::fchmod(parent, 0700);
    if (unlink_at(parent, name, 0, freed)) return;
  }
  if (errno != EISDIR && errno != EPERM) throw base::SysError(name);
  for (int attempt = 0; !unlink_at(parent, name, AT_REMOVEDIR, freed); ++attempt) {
    if (errno == ENOENT) return;
    if (attempt == kMost) throw base::SysError(name);
    empty_at(parent, name, freed);
  }
}

void remove_tree(const std::string& path, Freed freed) try {
  remove_at(AT_FDCWD, path.c_str(), freed);
} catch (base::Error& error) {
  error.during("remove");
  throw;
}

}  // namespace

Fd open_dir(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) throw base::SysError(path);
  return fd;
}

bool make_dir(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0) return true;
  if (errno != EEXIST) throw base::SysError("make directory " + path);
  return false;
}

void make_dirs(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0 || errno == EEXIST) return;
  const std::size_t slash = path.find_last_of('/');
  if (errno != ENOENT || slash == std::string::npos || slash == 0) {
    throw base::SysError("make directory " + path);
  }
  make_dirs(path.substr(0, slash), mode);
  make_dir(path, mode);
}

void make_dirs_in(const Fd& root, const std::string& path, mode_t mode) {
  std::string parent = ".";
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string name = path.substr(at, end - at);
    at = end + 1;
    if (name.empty() || name == ".") continue;
    const std::string inner = parent + "/" + name;
    if (!find_in(root, inner)) {
      const Fd directory = open_in(root, parent, O_PATH | O_DIRECTORY);
      const bool is_made = ::mkdirat(directory.get(), name.c_str(), mode) == 0;
      if (!is_made && errno != EEXIST) throw base::SysError(path);
      // What the umask took away; not by its name, which may be a link by now.
      if (is_made && ::fchmod(open_in(root, inner, O_RDONLY | O_DIRECTORY).get(), mode) != 0) {
        throw base::SysError(path);
      }
    }
    parent = inner;
  }
}

void spread_folders(const std::string& path) {
  const Fd folder = open_dir(path);
  int flags = 0;
  if (::ioctl(folder.get(), FS_IOC_GETFLAGS, &flags) != 0 || (flags & FS_TOPDIR_FL) != 0) return;
  flags |= FS_TOPDIR_FL;
  ::ioctl(folder.get(), FS_IOC_SETFLAGS, &flags);
}

std::vector<std::string> list_dir(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return {};
  if (fd < 0) throw base::SysError(path);
  const DirStream stream = stream_of(fd);
  if (!stream) throw base::SysError(path);
  std::vector<std::string> names;
  for_each_name(stream.get(), [&](const dirent& entry) { names.emplace_back(&entry.d_name[0]); });
  std::sort(names.begin(), names.end());
  return names;
}

void remove_tree(const std::string& path) {
  remove_tree(path, nullptr);
}

void remove_tree(const std::string& path, std::int64_t& freed) {
  remove_tree(path, &freed);
}

}  // namespace sys
