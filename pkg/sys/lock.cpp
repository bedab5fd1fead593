#include "pkg/sys/lock.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/interruption.hpp"

#include <cerrno>
#include <functional>
#include <limits>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace sys {
namespace {

constexpr int kInterval = 20;  // milliseconds between two tries of somebody who can be interrupted

int operation(Lock::Mode mode) {
  return mode == Lock::Mode::Shared ? LOCK_SH : LOCK_EX;
}

// After a try that failed.
void wait_or_throw(const std::string& path) {
  if (errno == EWOULDBLOCK || errno == EACCES) return pause_for(kInterval);
  if (errno != EINTR) throw base::SysError("lock " + path);
}

// Between opening and locking it, somebody may have removed or renamed it, and another may have
// come in its place: the lock would be on what has that name no more.
bool is_named(const Fd& file, const std::string& path) {
  struct stat held {};
  struct stat named {};
  if (::fstat(file.get(), &held) != 0) throw base::SysError("lock " + path);
  return ::stat(path.c_str(), &named) == 0 && named.st_ino == held.st_ino &&
         named.st_dev == held.st_dev;
}

Fd open_or_make(const std::string& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!file && errno == EISDIR) file.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) throw base::SysError("lock " + path);
  return file;
}

}  // namespace

Lock Lock::take(const std::string& path, Mode mode) {
  const int no_wait = can_be_interrupted() ? LOCK_NB : 0;
  while (true) {
    Fd file = open_or_make(path);
    while (::flock(file.get(), operation(mode) | no_wait) != 0)
      wait_or_throw(path);
    if (is_named(file, path)) return Lock(std::move(file));
  }
}

std::optional<Lock> Lock::find(const std::string& path, Mode mode) {
  const int no_wait = can_be_interrupted() ? LOCK_NB : 0;
  while (true) {
    Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file && errno == ENOENT) return std::nullopt;
    if (!file) throw base::SysError("lock " + path);
    while (::flock(file.get(), operation(mode) | no_wait) != 0)
      wait_or_throw(path);
    if (is_named(file, path)) return Lock(std::move(file));
  }
}

// Every name has a byte of its own, far beyond the end of the file. See fcntl(2), "Open file
// description locks".
Lock Lock::take_name(const std::string& path, std::string_view name) {
  constexpr std::size_t kMost = std::numeric_limits<off_t>::max() / 2;
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) throw base::SysError("lock " + path);
  struct flock range = {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = static_cast<off_t>(std::hash<std::string_view>{}(name) % kMost);
  range.l_len = 1;
  const int command = can_be_interrupted() ? F_OFD_SETLK : F_OFD_SETLKW;
  while (::fcntl(file.get(), command, &range) != 0)
    wait_or_throw(path);
  return Lock(std::move(file));
}

std::optional<Lock> Lock::try_take(const std::string& path, Mode mode) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) throw base::SysError("lock " + path);
  if (::flock(file.get(), operation(mode) | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::nullopt;
    throw base::SysError("lock " + path);
  }
  if (!is_named(file, path)) return std::nullopt;
  return Lock(std::move(file));
}

std::optional<Lock> Lock::find_record(const std::string& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) throw base::SysError("lock " + path);
  struct flock all = {};
  all.l_type = F_RDLCK;
  all.l_whence = SEEK_SET;
  const int command = can_be_interrupted() ? F_OFD_SETLK : F_OFD_SETLKW;
  while (::fcntl(file.get(), command, &all) != 0) {
    if (errno == ENOLCK || errno == EOPNOTSUPP) return std::nullopt;
    wait_or_throw(path);
  }
  return Lock(std::move(file));
}

bool Lock::share() {
  return ::flock(file_.get(), LOCK_SH | LOCK_NB) == 0;
}

}  // namespace sys
