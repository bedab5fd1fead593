#include "pkg/runtime/inside/calls.hpp"
#include "pkg/runtime/inside/stages.hpp"

#include <csignal>

#include <sys/ioctl.h>
#include <sys/wait.h>

namespace runtime::inside {
namespace {

int status_of(int wait_status) noexcept {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

// True when `child` was among those that ended; `status` is then its exit status.
bool reap_all(pid_t child, int& status) noexcept {
  int ended = 0;
  while (true) {
    const auto pid = static_cast<pid_t>(::syscall(SYS_wait4, -1, &ended, WNOHANG, nullptr));
    if (pid <= 0) return false;
    if (pid != child) continue;
    status = status_of(ended);
    return true;
  }
}

// The program gets a process group of its own, in the foreground, so that keys reach it alone.
void take_foreground(const Plan& plan) noexcept {
  ::setpgid(0, 0);
  const pid_t group = ::getpid();
  if (plan.has_terminal) ::ioctl(0, TIOCSPGRP, &group);  // SIGTTOU is blocked
}

}  // namespace

int reap(pid_t child) noexcept {
  const SignalSet all = kAllSignals;
  int status = 0;
  while (true) {
    const int number = call(::syscall(SYS_rt_sigtimedwait, &all, nullptr, nullptr, sizeof all));
    if (number == SIGCHLD && reap_all(child, status)) return status;
    if (number > 0 && number != SIGCHLD && child > 0) ::kill(child, number);
  }
}

bool become_init(const Plan& plan) noexcept {
  set_signal_mask(kAllSignals);
  const auto child = static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
  if (child < 0) return false;
  if (child == 0) {
    take_foreground(plan);
    set_signal_mask(kNoSignals);
    return true;
  }
  // What is open here would keep others waiting: the report until its end, and pipes for ever.
  ::syscall(SYS_close_range, 0, ~0U, 0);
  ::_exit(reap(child));
}

}  // namespace runtime::inside
