#pragma once

#include "pkg/events/event.hpp"
#include "pkg/home/home.hpp"
#include "pkg/sys/fd.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace events {

// Over so many bytes the log becomes events.log.1, in place of an older one.
constexpr std::int64_t kLogSize = std::int64_t{1} << 20U;

// Puts an event on record. Does not throw: what happens must not fail for it.
void note(const home::Home& home, Event event);
void note(const home::Home& home, const char* status, Subject subject);

// Reads what is on record, oldest first, and goes on with what happens.
class Reader {
 public:
  // Throws base::SysError when the folder cannot be watched.
  explicit Reader(const home::Home& home);

  // Nothing when there is none yet. A line that is none is passed over.
  std::optional<Event> next();
  // Waits until something may have happened, at most so long (-1: for ever).
  void wait(int timeout_ms) const;

 private:
  bool fill();

  std::string path_;
  sys::Fd changes_;
  sys::Fd file_;
  std::string text_;
  std::size_t at_ = 0;
};

}  // namespace events
