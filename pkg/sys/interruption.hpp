#pragma once

#include "pkg/sys/fd.hpp"
#include "pkg/sys/signals.hpp"

#include <optional>

namespace sys {

// While one of these lives, SIGINT, SIGTERM and SIGHUP do not end the process: what it waits for
// (read_all, receive_message, Child::wait, Lock::take) throws base::Error with the status 128 and
// the signal's number instead, so that whoever made something can unmake it. That happens once;
// further signals change nothing until this goes. Signals that the caller of the program has
// ignored (nohup) stay ignored. Not two at a time.
class Interruption {
 public:
  Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  ~Interruption();

  // Throws when a signal has come. For those who do not wait for long.
  void check() { await(-1, 0); }
  // The signal that came.
  std::optional<int> signal() const { return signal_; }

 private:
  friend void await_readable(const Fd& file);
  friend void pause_for(int milliseconds);

  void await(int fd, int timeout_ms);

  SignalQueue queue_;
  std::optional<int> signal_;
};

// Waits until a read from `file` would not block; throws when interrupted. Returns at once where
// there is no Interruption.
void await_readable(const Fd& file);
// Sleeps; throws when interrupted.
void pause_for(int milliseconds);
bool can_be_interrupted();
// For a child after fork(2): it has nothing to do with its parent's.
void forget_interruption();

}  // namespace sys
