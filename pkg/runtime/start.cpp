// A process that enters a user or a pid namespace cannot leave it again, so somebody else has to go
// there and clone: a child that shares our memory and files, for which we wait (as vfork does), so
// that next to nothing is copied. CLONE_PARENT makes what it clones our child.
#include "pkg/runtime/start.hpp"

#include "pkg/base/error.hpp"
#include "pkg/runtime/failure.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>

namespace runtime {
namespace {

constexpr std::size_t kStackSize = std::size_t{32} << 10U;

// A handler of ours must not run in a child that shares our memory.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &former_);
  }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;
  ~NoSignals() { sigprocmask(SIG_SETMASK, &former_, nullptr); }

 private:
  sigset_t former_{};
};

}  // namespace

Started start_process(inside::Start& start) {
  alignas(16) std::array<char, kStackSize> stack;  // NOLINT: nobody reads it before writing
  const NoSignals quiet;
  const pid_t pid = ::clone(inside::clone_into, stack.data() + stack.size(),
                            CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &start);
  if (pid < 0) throw base::SysError("start process");
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (start.pid <= 0) throw to_error(start.failure);
  return {start.pid, sys::Fd(start.process)};
}

Started start_in_cgroup(inside::Start& start, const std::string& path, bool is_must) {
  const sys::Fd cgroup(path.empty() ? -1
                                    : ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (is_must && !path.empty() && !cgroup) throw base::SysError(path);
  start.cgroup = cgroup.get();
  if (!cgroup || is_must) return start_process(start);
  try {
    return start_process(start);
  } catch (const base::Error&) {
    if (start.failure.step != Step::Clone) throw;
    start.failure = {};
    start.cgroup = -1;
    return start_process(start);
  }
}

}  // namespace runtime
