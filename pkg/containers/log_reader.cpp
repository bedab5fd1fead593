#include "pkg/containers/log_reader.hpp"

#include "pkg/base/error.hpp"

#include <array>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace containers {
namespace {

// The file now at `path` is another one than that we read: it was rotated away.
bool is_replaced(const sys::Fd& file, const std::string& path) {
  struct stat ours {};
  struct stat current {};
  return ::fstat(file.get(), &ours) == 0 && ::stat(path.c_str(), &current) == 0 &&
         ours.st_ino != current.st_ino;
}

// Under a lock that puts off the turn after the next one: see monitor::LogFile, which has it for a
// moment only.
sys::Fd open_shared(const std::string& path) {
  sys::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) ::flock(file.get(), LOCK_SH);
  return file;
}

}  // namespace

std::optional<LogEntry> parse_log_entry(std::string_view line) {
  const std::size_t time_end = line.find(' ');
  if (time_end == std::string_view::npos) return std::nullopt;
  const std::string_view rest = line.substr(time_end + 1);
  const bool is_error = rest.starts_with("stderr ");
  if (!is_error && !rest.starts_with("stdout ")) return std::nullopt;
  constexpr std::size_t kStream = 7;
  if (rest.size() < kStream + 2 || rest[kStream + 1] != ' ') return std::nullopt;
  return LogEntry{std::string(line.substr(0, time_end)), is_error, rest[kStream] == 'P',
                  std::string(rest.substr(kStream + 2))};
}

LogReader::LogReader(const std::string& path) : path_(path), file_(open_shared(path + ".1")) {
  if (!file_) file_ = open_shared(path);
}

std::optional<LogEntry> LogReader::next() {
  while (true) {
    const std::size_t end = text_.find('\n', at_);
    if (end == std::string::npos) {
      if (!fill()) return std::nullopt;
      continue;
    }
    const std::string_view line = std::string_view(text_).substr(at_, end - at_);
    at_ = end + 1;
    if (auto entry = parse_log_entry(line)) return entry;
  }
}

// The one begun after ours, which is path.1 itself when the log was turned over twice meanwhile.
void LogReader::open_next() {
  const std::string former = path_ + ".1";
  const bool is_one_behind = file_ && is_replaced(file_, former);
  file_ = open_shared(is_one_behind ? former : path_);
}

bool LogReader::fill() {
  std::array<char, 65536> block;  // NOLINT(cppcoreguidelines-pro-type-member-init): read fills it
  ssize_t count = file_ ? ::read(file_.get(), block.data(), block.size()) : 0;
  if (count == 0 && (!file_ || is_replaced(file_, path_))) {
    // What came between that read and the turn belongs to the old one.
    count = file_ ? ::read(file_.get(), block.data(), block.size()) : 0;
    if (count == 0) {
      open_next();
      count = file_ ? ::read(file_.get(), block.data(), block.size()) : 0;
    }
  }
  if (count < 0) throw base::SysError(path_);
  text_.erase(0, std::exchange(at_, 0));
  text_.append(block.data(), static_cast<std::size_t>(count));
  return count > 0;
}

}  // namespace containers
