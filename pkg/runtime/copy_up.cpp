#include "pkg/runtime/copy_up.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <climits>

#include <array>
#include <string>

#include <sys/sendfile.h>
#include <sys/stat.h>

namespace runtime {
namespace {

constexpr std::size_t kAtOnce = std::size_t{1} << 30U;

void copy_directory(const sys::Fd& from, const sys::Fd& to);

void copy_bytes(const sys::Fd& from, const sys::Fd& to) {
  ssize_t count = 0;
  do {
    count = ::sendfile(to.get(), from.get(), nullptr, kAtOnce);
  } while (count > 0);
  if (count < 0) throw base::SysError("copy");
}

void copy_link(const sys::Fd& from, const sys::Fd& to, const std::string& name) {
  std::array<char, PATH_MAX + 1> text{};
  if (::readlinkat(from.get(), name.c_str(), text.data(), PATH_MAX) < 0 ||
      ::symlinkat(text.data(), to.get(), name.c_str()) != 0) {
    throw base::SysError(name);
  }
}

// Owner before mode: changing the owner takes the set-user-ID bit away.
void take_attributes(const sys::Fd& file, const struct stat& status) {
  const std::array<timespec, 2> times{status.st_atim, status.st_mtim};
  if (::fchown(file.get(), status.st_uid, status.st_gid) != 0 ||
      ::fchmod(file.get(), status.st_mode & 07777U) != 0 ||
      ::futimens(file.get(), times.data()) != 0) {
    throw base::SysError("copy attributes");
  }
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree.
void copy_entry(const sys::Fd& from, const sys::Fd& to, const std::string& name) {
  struct stat status {};
  if (::fstatat(from.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    throw base::SysError(name);
  }
  if (S_ISLNK(status.st_mode)) {
    copy_link(from, to, name);
  } else if (S_ISDIR(status.st_mode)) {
    if (::mkdirat(to.get(), name.c_str(), 0700) != 0) throw base::SysError(name);
    const sys::Fd source = sys::open_at(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    const sys::Fd copy = sys::open_at(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    copy_directory(source, copy);
    take_attributes(copy, status);
  } else if (S_ISREG(status.st_mode)) {
    const sys::Fd copy = sys::open_at(to, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    copy_bytes(sys::open_at(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), copy);
    take_attributes(copy, status);
  }
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree.
void copy_directory(const sys::Fd& from, const sys::Fd& to) {
  for (const std::string& name : sys::list_dir(sys::fd_path(from)))
    copy_entry(from, to, name);
}

}  // namespace

void copy_up(const sys::Fd& from, const sys::Fd& to) {
  copy_directory(from, to);
  struct stat status {};
  if (::fstat(from.get(), &status) != 0) throw base::SysError("copy");
  take_attributes(to, status);
}

}  // namespace runtime
