#include "storage/staging.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/durable.hpp"
#include "storage/trash.hpp"

#include <cerrno>
#include <cstdio>
#include <utility>

#include <sched.h>
#include <unistd.h>

namespace storage {
std::optional<sys::Lock> make_locked_dir(const std::string& path) {
  if (!sys::make_dir(path, 0700)) return std::nullopt;
  while (true) {
    std::optional<sys::Lock> lock = sys::Lock::try_take(path);
    if (lock) return lock;
    ::sched_yield();  // `recover` was faster, and is about to take it away
    sys::make_dir(path, 0700);
  }
}

Staged::Staged(Layout layout) : layout_(std::move(layout)) {
  layout_.prepare();
  while (!lock_) {
    path_ = layout_.staging() + "/" + base::make_id().substr(0, 16);
    lock_ = make_locked_dir(path_);
  }
}

Staged::Staged(Staged&& other) noexcept
    : layout_(std::move(other.layout_)),
      path_(std::exchange(other.path_, "")),
      lock_(std::exchange(other.lock_, std::nullopt)) {}

Staged::~Staged() {
  if (path_.empty()) return;
  try {
    throw_away(layout_, path_);
  } catch (const base::Error& error) {
    base::log::warn("{}", error.what());
  }
}

std::optional<sys::Lock> Staged::publish(const std::string& target) {
  if (::rename(path_.c_str(), target.c_str()) == 0) {
    path_.clear();
    return std::exchange(lock_, std::nullopt);
  }
  if (errno != ENOTEMPTY && errno != EEXIST) throw base::SysError("publish " + target);
  throw_away(layout_, std::exchange(path_, ""));
  return std::nullopt;
}

void replace_record(const Layout& layout, const std::string& path, std::string_view text) {
  const Staged staged(layout);
  const std::string file = staged.path() + "/record";
  sys::create_file(file, text, 0600);
  make_durable(file);
  sys::rename_path(file, path);
}

sys::Lock lock_images(const Layout& layout) {
  layout.prepare();
  return sys::Lock::take(layout.images());
}

NamedLock NamedLock::take(const Layout& layout, const std::string& name) {
  layout.prepare();
  const std::string path = layout.lock(name);
  return {sys::Lock::take(path), path};
}

std::optional<NamedLock> NamedLock::try_take(const Layout& layout, const std::string& name) {
  layout.prepare();
  const std::string path = layout.lock(name);
  while (true) {
    // Lock::try_take does not make the file.
    sys::open_file(path, O_RDWR | O_CREAT, 0600);
    std::optional<sys::Lock> lock = sys::Lock::try_take(path);
    if (lock) return NamedLock(std::move(*lock), path);
    if (sys::exists(path)) return std::nullopt;
  }
}

NamedLock::NamedLock(NamedLock&& other) noexcept
    : lock_(std::move(other.lock_)), path_(std::exchange(other.path_, "")) {}

// As long as the lock is held, nobody takes another file of this name for it.
NamedLock::~NamedLock() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace storage
