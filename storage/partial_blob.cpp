#include "storage/partial_blob.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

#include <ctime>
#include <utility>

#include <sys/stat.h>

namespace storage {
namespace {

std::int64_t size_of(const sys::Fd& file) {
  struct stat status {};
  return ::fstat(file.get(), &status) == 0 ? status.st_size : 0;
}

bool is_older(const std::string& path, std::chrono::seconds age) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return false;
  return age.count() == 0 || status.st_mtime + age.count() < std::time(nullptr);
}

// Without what is kept a pull is slower, but no worse.
std::optional<sys::Lock> find(const std::string& path) {
  try {
    return sys::Lock::try_take(path);
  } catch (const base::SysError& error) {
    base::log::debug("{}", error.what());
    return std::nullopt;
  }
}

// What somebody adds to is locked. A visit happens under the lock.
template <typename Visit>
void visit_idle(const Layout& layout, Visit visit) {
  for (const std::string& name : sys::list_dir(layout.partial_blobs())) {
    const std::string path = fmt::format("{}/{}", layout.partial_blobs(), name);
    const auto lock = sys::Lock::try_take(path);
    if (lock) visit(path);
  }
}

}  // namespace

PartialBlob::PartialBlob(Layout layout, const std::string& digest)
    : layout_(std::move(layout)), path_(layout_.partial_blob(digest)), lock_(find(path_)) {
  if (lock_) size_ = size_of(lock_->file());
}

sys::Fd PartialBlob::open() const {
  return sys::open_file(path_);
}

void PartialBlob::append(std::string_view bytes) {
  if (!lock_) {
    sys::make_dirs(layout_.partial_blobs(), 0700);
    sys::create_file(path_, "", 0600);
    lock_ = sys::Lock::try_take(path_);
    if (!lock_) throw base::Error(path_ + " was cleared away");
  }
  if (!end_) end_ = sys::open_file(path_, O_WRONLY | O_APPEND);
  sys::write_all(end_, bytes);
  size_ += static_cast<std::int64_t>(bytes.size());
}

void PartialBlob::remove() {
  if (lock_) sys::remove_file(path_);
  end_.reset();
  lock_.reset();
  size_ = 0;
}

void remove_partial_blob(const Layout& layout, const std::string& digest) {
  sys::remove_file(layout.partial_blob(digest));
}

std::vector<std::string> idle_partial_blobs(const Layout& layout) {
  std::vector<std::string> paths;
  visit_idle(layout, [&](const std::string& path) { paths.push_back(path); });
  return paths;
}

void remove_partial_blobs(const Layout& layout, std::chrono::seconds age) {
  visit_idle(layout, [&](const std::string& path) {
    if (is_older(path, age)) move_to_trash(layout, path);
  });
}

}  // namespace storage
