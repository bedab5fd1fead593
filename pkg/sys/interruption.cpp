// Why signals are awaited with poll(2) and not caught by a handler: a signal that comes just before
// a blocking call would be lost, and what is half made has to be unmade outside of a handler.
#include "pkg/sys/interruption.hpp"

#include "pkg/base/error.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

#include <poll.h>

namespace sys {
namespace {

// Signals belong to the process, so does this.
Interruption* active = nullptr;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

}  // namespace

Interruption::Interruption() : queue_({SIGINT, SIGTERM, SIGHUP}) {
  active = this;
}

Interruption::~Interruption() {
  active = nullptr;
  while (queue_.next()) {
  }
}

void Interruption::await(int fd, int timeout_ms) {
  std::array<pollfd, 2> polls = {{{.fd = queue_.file().get(), .events = POLLIN, .revents = 0},
                                  {.fd = fd, .events = POLLIN, .revents = 0}}};
  while (::poll(polls.data(), polls.size(), timeout_ms) < 0) {
    if (errno != EINTR) throw base::SysError("poll");
  }
  if (active == nullptr) return;
  signal_ = queue_.next();
  if (!signal_) return;
  active = nullptr;  // the way back is not interrupted
  throw base::Error("interrupted by " + signal_name(*signal_), 128 + *signal_);
}

void await_readable(const Fd& file) {
  if (active != nullptr) active->await(file.get(), -1);
}

void pause_for(int milliseconds) {
  if (active != nullptr) return active->await(-1, milliseconds);
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

bool can_be_interrupted() {
  return active != nullptr;
}

void forget_interruption() {
  active = nullptr;
}

}  // namespace sys
