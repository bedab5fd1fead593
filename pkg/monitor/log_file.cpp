#include "pkg/monitor/log_file.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/time.hpp"
#include "pkg/sys/file.hpp"

#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace monitor {

LogFile::LogFile(std::string path, std::int64_t size_max)
    : path_(std::move(path)),
      size_max_(size_max),
      file_(sys::open_file(path_, O_WRONLY | O_CREAT | O_APPEND, 0600)) {
  struct stat status {};
  if (::fstat(file_.get(), &status) == 0) size_ = status.st_size;
}

void LogFile::write(Stream stream, std::string_view text) try {
  if (!file_) return;
  const std::string head =
      base::rfc3339(base::now()) + (stream == Stream::Out ? " stdout " : " stderr ");
  std::string entries;
  bool is_whole = true;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    is_whole = end != std::string_view::npos;
    entries += head;
    entries += is_whole ? "F " : "P ";
    entries += text.substr(0, end);
    entries += '\n';
    text.remove_prefix(is_whole ? end + 1 : text.size());
  }
  sys::write_all(file_, entries);
  size_ += static_cast<std::int64_t>(entries.size());
  if (size_max_ > 0 && size_ > size_max_ && is_whole && may_rotate()) rotate();
} catch (const base::Error&) {
  return;  // see the header
}

// Looks only now and then while somebody reads.
bool LogFile::may_rotate() {
  constexpr std::int64_t kMostTimes = 8;
  if (size_ < rotate_at_) return false;
  rotate_at_ = size_ + size_max_ / 8;
  if (size_ > kMostTimes * size_max_) return true;
  const sys::Fd former(::open((path_ + ".1").c_str(), O_RDONLY | O_CLOEXEC));
  return !former || ::flock(former.get(), LOCK_EX | LOCK_NB) == 0;
}

void LogFile::rotate() {
  sys::rename_path(path_, path_ + ".1");
  file_ = sys::open_file(path_, O_WRONLY | O_CREAT | O_APPEND, 0600);
  size_ = rotate_at_ = 0;
}

}  // namespace monitor
