#pragma once

#include "pkg/sys/fd.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace sys {

// "TERM", "SIGTERM", "term", "15", "SIGRTMIN+3". Throws base::Error for other words.
int signal_number(std::string_view text);
// "SIGTERM"; "SIG99" for a number without a name.
std::string signal_name(int number);

// Turns signals into readable events: blocked for the process, read from the descriptor. The former
// mask comes back when this goes. Of those named, the ones that the caller of the program has
// ignored (nohup) stay ignored.
class SignalQueue {
 public:
  SignalQueue(std::initializer_list<int> signals);
  // All but those that name a fault, SIGKILL and SIGSTOP.
  static SignalQueue all();
  SignalQueue(SignalQueue&& other) noexcept;
  SignalQueue& operator=(SignalQueue&&) = delete;
  ~SignalQueue();

  const Fd& file() const { return file_; }
  // The next signal's number, or nothing when none is waiting.
  std::optional<int> next();

 private:
  SignalQueue() = default;
  void block(const void* set);

  Fd file_;
  unsigned long former_mask_ = 0;  // NOLINT(google-runtime-int): the kernel's word
  bool owns_ = true;
};

// Undoes blocking and ignoring, for a child that goes on to run a program.
void reset_signals();

}  // namespace sys
