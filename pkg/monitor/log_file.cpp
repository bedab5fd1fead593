#include "pkg/monitor/log_file.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/time.hpp"
#include "pkg/sys/file.hpp"

#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace monitor {

LogFile::LogFile(std::string path, std::int64_t size_max, std::int64_t most)
    : path_(std::move(path)),
      size_max_(size_max),
      most_(most),
      file_(sys::open_file(path_, O_WRONLY | O_CREAT | O_APPEND, 0600)) {
  struct stat status {};
  if (::fstat(file_.get(), &status) == 0) size_ = status.st_size;
}

// Where the file is full, what comes in one piece is divided at its last line's end: seldom does
// that end with it.
void LogFile::write(Stream stream, std::string_view text) try {
  if (!file_) return;
  const auto added = static_cast<std::int64_t>(text.size());
  const bool is_full = size_max_ > 0 && size_ + added > size_max_;
  const std::size_t whole = is_full ? text.rfind('\n') + 1 : 0;  // 0 where there is none
  if (whole > 0) append(stream, text.substr(0, whole));
  append(stream, text.substr(whole));
} catch (const base::Error&) {
  return;  // see the header
}

void LogFile::append(Stream stream, std::string_view text) {
  if (text.empty()) return;
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
}

bool LogFile::is_too_big() const {
  constexpr std::int64_t kMostTimes = 8;
  constexpr std::int64_t kPart = 16;
  if (size_ <= kMostTimes * size_max_) return false;
  struct statvfs disk {};
  if (size_ > most_ || ::fstatvfs(file_.get(), &disk) != 0) return true;
  return size_ > static_cast<std::int64_t>(disk.f_bavail * disk.f_frsize) / kPart;
}

// Looks only now and then while somebody reads.
bool LogFile::may_rotate() {
  if (size_ < rotate_at_) return false;
  rotate_at_ = size_ + size_max_ / 8;
  if (is_too_big()) return true;
  const sys::Fd former(::open((path_ + ".1").c_str(), O_RDONLY | O_CLOEXEC));
  return !former || ::flock(former.get(), LOCK_EX | LOCK_NB) == 0;
}

void LogFile::rotate() {
  sys::rename_path(path_, path_ + ".1");
  file_ = sys::open_file(path_, O_WRONLY | O_CREAT | O_APPEND, 0600);
  size_ = rotate_at_ = 0;
}

}  // namespace monitor
