#include "pkg/sys/lock.hpp"

#include "pkg/base/error.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>

namespace sys {
namespace {

int operation(Lock::Mode mode) {
  return mode == Lock::Mode::Shared ? LOCK_SH : LOCK_EX;
}

}  // namespace

Lock Lock::take(const std::string& path, Mode mode) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!file && errno == EISDIR) file.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) throw base::SysError("lock " + path);
  while (::flock(file.get(), operation(mode)) != 0) {
    if (errno != EINTR) throw base::SysError("lock " + path);
  }
  return Lock(std::move(file));
}

std::optional<Lock> Lock::try_take(const std::string& path, Mode mode) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) throw base::SysError("lock " + path);
  if (::flock(file.get(), operation(mode) | LOCK_NB) == 0) return Lock(std::move(file));
  if (errno == EWOULDBLOCK) return std::nullopt;
  throw base::SysError("lock " + path);
}

bool Lock::share() {
  return ::flock(file_.get(), LOCK_SH | LOCK_NB) == 0;
}

}  // namespace sys
