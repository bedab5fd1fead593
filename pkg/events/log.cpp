#include "pkg/events/log.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/file.hpp"

#include <array>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace events {
namespace {

std::string path_of(const home::Home& home) {
  return home.runtime + "/events.log";
}

bool is_at(const sys::Fd& file, const std::string& path) {
  struct stat ours {};
  struct stat current {};
  return ::fstat(file.get(), &ours) == 0 && ::stat(path.c_str(), &current) == 0 &&
         ours.st_ino == current.st_ino;
}

// Of several that find it too large one turns it over.
void turn_over(const sys::Fd& file, const std::string& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0 || status.st_size < kLogSize) return;
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 || !is_at(file, path)) return;
  sys::rename_path(path, path + ".1");
}

}  // namespace

void note(const home::Home& home, Event event) {
  if (event.time == 0) event.time = base::now();
  const std::string path = path_of(home);
  try {
    const sys::Fd file = sys::open_file(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    sys::write_all(file, event.json().dump() + "\n");
    turn_over(file, path);
  } catch (const base::Error& error) {
    base::log::debug("event {}: {}", event.status, error.what());
  }
}

void note(const home::Home& home, const char* status, Subject subject) {
  Event event;
  event.status = status;
  event.subject = std::move(subject);
  note(home, std::move(event));
}

Reader::Reader(const home::Home& home)
    : path_(path_of(home)), changes_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  if (!changes_ || ::inotify_add_watch(changes_.get(), home.runtime.c_str(),
                                       IN_MODIFY | IN_CREATE | IN_MOVED_FROM) < 0) {
    throw base::SysError("watch " + home.runtime);
  }
  file_.reset(::open((path_ + ".1").c_str(), O_RDONLY | O_CLOEXEC));
}

std::optional<Event> Reader::next() {
  while (true) {
    const std::size_t end = text_.find('\n', at_);
    if (end == std::string::npos) {
      if (!fill()) return std::nullopt;
      continue;
    }
    const std::string_view line = std::string_view(text_).substr(at_, end - at_);
    at_ = end + 1;
    try {
      return Event::parse(base::Json::parse(line));
    } catch (const base::Error&) {
      continue;
    }
  }
}

// A log that was turned over is read to its end before the new one is begun.
bool Reader::fill() {
  std::array<char, 65536> block;  // NOLINT(cppcoreguidelines-pro-type-member-init): read fills it
  ssize_t count = file_ ? ::read(file_.get(), block.data(), block.size()) : 0;
  if (count == 0 && (!file_ || !is_at(file_, path_))) {
    // What came between that read and the turn belongs to the old one.
    count = file_ ? ::read(file_.get(), block.data(), block.size()) : 0;
    if (count == 0) {
      file_.reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
      count = file_ ? ::read(file_.get(), block.data(), block.size()) : 0;
    }
  }
  if (count < 0) throw base::SysError(path_);
  text_.erase(0, std::exchange(at_, 0));
  text_.append(block.data(), static_cast<std::size_t>(count));
  return count > 0;
}

void Reader::wait(int timeout_ms) const {
  pollfd poll{changes_.get(), POLLIN, 0};
  ::poll(&poll, 1, timeout_ms);
  std::array<char, 4096> happened{};
  while (::read(changes_.get(), happened.data(), happened.size()) > 0) {
  }
}

}  // namespace events
