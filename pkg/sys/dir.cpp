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
  if (::fchmodat(parent, name, 0700, 0) != 0) return -1;
  return ::openat(parent, name, kFlags);
}

void remove_at(int parent, const char* name);

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which the kernel bounds by open files.
void empty_at(int parent, const char* name) {
  const int inner = open_inner(parent, name);
  if (inner < 0 && errno == ENOENT) return;  // somebody else is at it, too
  if (inner < 0) throw base::SysError(name);
  const DirStream stream = stream_of(inner);
  if (!stream) throw base::SysError(name);
  try {
    for_each_name(stream.get(),
                  [&](const dirent& entry) { remove_at(::dirfd(stream.get()), &entry.d_name[0]); });
  } catch (base::Error& error) {
    error.during(name);
    throw;
  }
}

// NOLINTNEXTLINE(misc-no-recursion)
void remove_at(int parent, const char* name) {
  constexpr int kMost = 3;  // somebody may put things in while we take them out
  if (::unlinkat(parent, name, 0) == 0 || errno == ENOENT) return;
  if (errno == EACCES || errno == EPERM) {
    ::fchmod(parent, 0700);
    if (::unlinkat(parent, name, 0) == 0) return;
  }
  if (errno != EISDIR && errno != EPERM) throw base::SysError(name);
  for (int attempt = 0; ::unlinkat(parent, name, AT_REMOVEDIR) != 0; ++attempt) {
    if (errno == ENOENT) return;
    if (attempt == kMost) throw base::SysError(name);
    empty_at(parent, name);
  }
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

void remove_tree(const std::string& path) try {
  remove_at(AT_FDCWD, path.c_str());
} catch (base::Error& error) {
  error.during("remove");
  throw;
}

}  // namespace sys
