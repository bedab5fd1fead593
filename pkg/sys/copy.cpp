#include "pkg/sys/copy.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <climits>

#include <array>
#include <cerrno>
#include <string>

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sys {
namespace {

// chown first: it clears the set-user-id bits that chmod then sets.
void copy_facts(const struct stat& facts, int to) {
  const std::array<timespec, 2> times = {facts.st_atim, facts.st_mtim};
  if (::fchown(to, facts.st_uid, facts.st_gid) != 0 || ::fchmod(to, facts.st_mode & 07777U) != 0 ||
      ::futimens(to, times.data()) != 0) {
    throw base::SysError("copy owner and mode");
  }
}

// So many bytes from where both files stand, the cheapest way that the file systems allow.
bool copy_range(int from, int to, std::size_t size) {
  ssize_t count = 0;
  bool by_kernel = true;
  while (size > 0) {
    count = by_kernel ? ::copy_file_range(from, nullptr, to, nullptr, size, 0)
                      : ::sendfile(to, from, nullptr, size);
    if (count < 0 && !by_kernel) return false;
    if (count == 0) return true;  // it has become shorter
    by_kernel = by_kernel && count > 0;
    if (count > 0) size -= static_cast<std::size_t>(count);
  }
  return true;
}

// Of files that have bytes though they say that they have none: those of /proc.
bool copy_unknown(int from, int to) {
  ssize_t count = 0;
  while ((count = ::sendfile(to, from, nullptr, INT_MAX)) > 0) {
  }
  return count == 0;
}

// What lies between holes.
bool copy_data(int from, int to, off_t size) {
  if (size == 0) return copy_unknown(from, to);
  off_t at = 0;
  while (at < size) {
    off_t begin = ::lseek(from, at, SEEK_DATA);
    if (begin < 0 && errno == ENXIO) break;
    if (begin < 0) begin = at;  // a file system that knows no holes
    off_t end = ::lseek(from, begin, SEEK_HOLE);
    if (end <= begin) end = size;
    if (::lseek(from, begin, SEEK_SET) < 0 || ::lseek(to, begin, SEEK_SET) < 0 ||
        !copy_range(from, to, static_cast<std::size_t>(end - begin))) {
      return false;
    }
    at = end;
  }
  return ::ftruncate(to, size) == 0;
}

void copy_file(const Fd& from, const Fd& to, const std::string& name, const struct stat& facts) {
  const Fd source = open_at(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const Fd target = open_at(to, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
  copy_bytes(source, target);
  copy_facts(facts, target.get());
}

void copy_link(const Fd& from, const Fd& to, const std::string& name, const struct stat& facts) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlinkat(from.get(), name.c_str(), target.data(), target.size() - 1);
  if (length < 0 || ::symlinkat(target.data(), to.get(), name.c_str()) != 0 ||
      ::fchownat(to.get(), name.c_str(), facts.st_uid, facts.st_gid, AT_SYMLINK_NOFOLLOW) != 0) {
    throw base::SysError(name);
  }
}

}  // namespace

void copy_bytes(const Fd& from, const Fd& to) {
  if (::ioctl(to.get(), FICLONE, from.get()) == 0) return;
  struct stat facts {};
  if (::fstat(from.get(), &facts) != 0 || !copy_data(from.get(), to.get(), facts.st_size)) {
    throw base::SysError("copy");
  }
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which open files bound.
void change_owner(const Fd& file, uid_t uid, gid_t gid) {
  if (::fchownat(file.get(), "", uid, gid, AT_EMPTY_PATH) != 0) throw base::SysError("chown");
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) throw base::SysError("stat");
  if (!S_ISDIR(facts.st_mode)) return;
  for (const std::string& name : list_dir(fd_path(file)))
    change_owner(open_at(file, name, O_PATH | O_NOFOLLOW), uid, gid);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which open files bound.
void copy_tree(const Fd& from, const Fd& to) {
  struct stat facts {};
  for (const std::string& name : list_dir(fd_path(from))) {
    if (::fstatat(from.get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
      throw base::SysError(name);
    }
    if (S_ISDIR(facts.st_mode)) {
      if (::mkdirat(to.get(), name.c_str(), 0700) != 0) throw base::SysError(name);
      copy_tree(open_at(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
                open_at(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    } else if (S_ISREG(facts.st_mode)) {
      copy_file(from, to, name, facts);
    } else if (S_ISLNK(facts.st_mode)) {
      copy_link(from, to, name, facts);
    }
  }
  if (::fstat(from.get(), &facts) != 0) throw base::SysError("stat");
  copy_facts(facts, to.get());
}

}  // namespace sys
