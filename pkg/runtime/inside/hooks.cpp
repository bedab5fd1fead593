#include "pkg/runtime/inside/calls.hpp"
#include "pkg/runtime/inside/stages.hpp"

#include <csignal>

#include <poll.h>
#include <sys/wait.h>

namespace runtime::inside {
namespace {

// False with errno set, or with errno 0 when the hook itself has failed.
bool has_succeeded(pid_t child, int timeout_ms) noexcept {
  const int process = call(::syscall(SYS_pidfd_open, child, 0));
  pollfd poll{process, POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&poll, 1, timeout_ms);
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) ::kill(child, SIGKILL);
  if (process >= 0) ::close(process);
  int status = 0;
  while (::wait4(child, &status, 0, nullptr) < 0) {
    if (errno != EINTR) return false;
  }
  errno = ready == 0 ? ETIMEDOUT : 0;
  return ready != 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// The child shares our memory until its exec, and leaves there why that failed.
bool run(const HookPlan& hook, int state) noexcept {
  volatile int failure = 0;
  const pid_t child = ::vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
  if (child < 0) return false;
  if (child == 0) {
    if (::lseek(state, 0, SEEK_SET) == 0 && ::dup2(state, 0) == 0) {
      ::execve(hook.path, hook.argv, hook.envp);
    }
    failure = errno;
    ::_exit(127);
  }
  const bool is_good = has_succeeded(child, hook.timeout_ms);
  if (failure != 0) errno = failure;
  return is_good;
}

bool run_all(const List<HookPlan>& hooks, int state, Subject& subject) noexcept {
  for (const HookPlan& hook : hooks) {
    subject = hook.path;
    if (!run(hook, state)) return false;
  }
  return true;
}

}  // namespace

bool run_create_hooks(const Plan& plan, Subject& subject) noexcept {
  if (plan.hooks_gate >= 0) {
    tell(plan, Step::AtHooks);
    wait_at(plan.hooks_gate);
  }
  return run_all(plan.create_hooks, plan.state, subject);
}

bool run_start_hooks(const Plan& plan, Subject& subject) noexcept {
  return run_all(plan.start_hooks, plan.state, subject);
}

}  // namespace runtime::inside
