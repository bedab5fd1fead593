#include "pkg/runtime/exec.hpp"

#include "pkg/base/error.hpp"
#include "pkg/runtime/failure.hpp"
#include "pkg/runtime/planner.hpp"
#include "pkg/runtime/start.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/process.hpp"

#include <array>
#include <cerrno>

#include <sched.h>
#include <sys/wait.h>

namespace runtime {
namespace {

struct Kind {
  const char* name;
  int flag;
};

constexpr std::array kKinds = {Kind{"user", CLONE_NEWUSER},    Kind{"mnt", CLONE_NEWNS},
                               Kind{"pid", CLONE_NEWPID},      Kind{"net", CLONE_NEWNET},
                               Kind{"ipc", CLONE_NEWIPC},      Kind{"uts", CLONE_NEWUTS},
                               Kind{"cgroup", CLONE_NEWCGROUP}};

ino_t identity(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw base::SysError(path);
  return status.st_ino;
}

// Entering a namespace that we are in already needs rights over it, which we may not have.
int differing_namespaces(pid_t pid) {
  int flags = 0;
  const std::string theirs = "/proc/" + std::to_string(pid) + "/ns/";
  for (const Kind& kind : kKinds) {
    if (identity(theirs + kind.name) != identity(std::string("/proc/self/ns/") + kind.name)) {
      flags |= kind.flag;
    }
  }
  return flags;
}

// The cgroup is for accounting; who may not move into it runs all the same.
sys::Fd open_cgroup(const std::string& path) {
  return sys::Fd(path.empty() ? -1 : ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

Started start_in_cgroup_or_not(inside::Start& start, const std::string& path) {
  const sys::Fd cgroup = open_cgroup(path);
  start.cgroup = cgroup.get();
  if (!cgroup) return start_process(start);
  try {
    return start_process(start);
  } catch (const base::Error&) {
    const int number = start.failure.number;
    if (start.failure.step != Step::Clone || (number != EACCES && number != EBUSY)) throw;
    start.failure = {};
    start.cgroup = -1;
    return start_process(start);
  }
}

}  // namespace

Executed exec(const ExecRequest& request) {
  const std::string process = "/proc/" + std::to_string(request.pid);
  const sys::Fd root = sys::open_file(process + "/root", O_PATH | O_DIRECTORY);
  const Join join{request.process.get(), differing_namespaces(request.pid), "of the container"};
  // Asked after opening: the number has not changed hands.
  if (sys::wait_for_end(request.process, 0)) throw base::Error("the container has ended");

  Planned planned = plan_command(request, root);
  sys::Pipe report = sys::make_pipe();
  planned.plan.report = report.write.get();
  inside::Start start;
  start.joins = {&join, 1};
  start.plan = &planned.plan;
  Started started = start_in_cgroup_or_not(start, request.cgroup);
  report.write.reset();
  if (const auto failure = read_failure(report.read)) {
    ::waitpid(started.pid, nullptr, 0);
    throw to_error(*failure);
  }
  return {started.pid, std::move(started.process), std::move(planned.terminal)};
}

}  // namespace runtime
