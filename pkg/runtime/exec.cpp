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

#include <linux/sched.h>
#include <sched.h>
#include <sys/wait.h>

namespace runtime {
namespace {

struct Kind {
  const char* name;
  int flag;
};

constexpr std::array kKinds = {Kind{"user", CLONE_NEWUSER},     Kind{"mnt", CLONE_NEWNS},
                               Kind{"pid", CLONE_NEWPID},       Kind{"net", CLONE_NEWNET},
                               Kind{"ipc", CLONE_NEWIPC},       Kind{"uts", CLONE_NEWUTS},
                               Kind{"cgroup", CLONE_NEWCGROUP}, Kind{"time", CLONE_NEWTIME}};

// 0 for time where the kernel was built without.
ino_t identity(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return status.st_ino;
  if (errno == ENOENT && path.ends_with("/time")) return 0;
  throw base::SysError(path);
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

}  // namespace

Executed begin_exec(const ExecRequest& request) {
  const std::string process = "/proc/" + std::to_string(request.pid);
  const sys::Fd root = sys::open_file(process + "/root", O_PATH | O_DIRECTORY);
  int kinds = differing_namespaces(request.pid);
  // Nobody can start a process in a cgroup from inside its namespace, when the hierarchy takes
  // namespaces for borders (nsdelegate): the process itself goes there, once it has started.
  sys::Fd cgroup_namespace;
  if (!request.cgroup.empty() && (kinds & CLONE_NEWCGROUP) != 0) {
    cgroup_namespace = sys::open_file(process + "/ns/cgroup");
    kinds &= ~CLONE_NEWCGROUP;
  }
  sys::Fd time_namespace;
  if ((kinds & CLONE_NEWTIME) != 0) {
    time_namespace = sys::open_file(process + "/ns/time");
    kinds &= ~CLONE_NEWTIME;
  }
  const Join join{request.process.get(), kinds, "of the container"};
  // Asked after opening: the number has not changed hands.
  if (sys::wait_for_end(request.process, 0)) throw base::Error("the container has ended");

  Planned planned = plan_command(request, root);
  sys::Pipe report = sys::make_pipe();
  planned.plan.report = report.write.get();
  planned.plan.cgroup_namespace = cgroup_namespace.get();
  planned.plan.time_namespace = time_namespace.get();
  inside::Start start;
  start.joins = {&join, 1};
  start.plan = &planned.plan;
  Started started = start_in_cgroup(start, request.cgroup, false);
  return {started.pid, std::move(started.process), std::move(planned.terminal),
          std::move(report.read)};
}

void Executed::await() {
  if (!report) return;
  const auto failure = read_failure(report);
  report.reset();
  if (failure) throw to_error(*failure);
}

Executed exec(const ExecRequest& request) {
  Executed executed = begin_exec(request);
  try {
    executed.await();
  } catch (const base::Error&) {
    ::waitpid(executed.pid, nullptr, 0);
    throw;
  }
  return executed;
}

}  // namespace runtime
