#include "pkg/bundle/lifecycle.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/bundle/cgroups.hpp"
#include "pkg/bundle/hooks.hpp"
#include "pkg/cgroup/processes.hpp"
#include "pkg/runtime/failure.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bundle {
namespace {

// What callers look for in the text: "container not running".
base::Error refusal(const Container& container, const char* what, Status status) {
  const char* word = status == Status::Stopped ? ": container not running" : "";
  return base::Error(
      fmt::format("{} container {}: it is {}{}", what, container.id, status_word(status), word), 1);
}

const std::string& own_cgroup(const Container& container) {
  if (container.cgroup.empty()) {
    throw base::Error("container " + container.id + ": it has no cgroup of its own", 1);
  }
  return container.cgroup;
}

// Somebody may still be at it: that takes as long as its hooks do.
Container when_created(Container container) {
  const std::string root = container.folder.substr(0, container.folder.rfind('/'));
  constexpr int kTurns = 1000;
  for (int i = 0; i < kTurns && status_of(container) == Status::Creating; ++i) {
    ::usleep(10000);
    container = load(root, container.id);
  }
  return container;
}

sys::Fd open_gate(const Container& container) {
  sys::Fd gate(::open(container.gate().c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  if (gate) return gate;
  if (errno == ENXIO || errno == ENOENT) throw refusal(container, "start", Status::Stopped);
  throw base::SysError(container.gate());
}

// Who cannot stop it by a cgroup has its first process, and with that all of its pid namespace.
void end(const Container& container) {
  const auto process = sys::open_process(container.process);
  if (cgroup::is_frozen(container.cgroup)) cgroup::freeze(container.cgroup, false);
  if (!process) return;
  sys::send_signal(*process, SIGKILL);
  constexpr int kPatience = 10000;  // milliseconds
  ::waitpid(container.process.pid, nullptr, WNOHANG);
  if (!sys::wait_for_end(*process, kPatience)) {
    throw base::Error("container " + container.id + ": its process does not end");
  }
}

// Those whose pid namespace is the container's.
std::vector<pid_t> of_namespace(const Container& container) {
  const auto link_of = [](const std::string& pid) {
    try {
      return sys::find_link("/proc/" + pid + "/ns/pid").value_or("");
    } catch (const base::SysError&) {
      return std::string();  // not ours to look at
    }
  };
  const std::string wanted = link_of(std::to_string(container.process.pid));
  std::vector<pid_t> pids;
  if (wanted.empty() || wanted == link_of("self")) return {container.process.pid};
  for (const std::string& name : sys::list_dir("/proc")) {
    const auto pid = base::parse_integer(name);
    if (pid && link_of(name) == wanted) pids.push_back(static_cast<pid_t>(*pid));
  }
  return pids;
}

void signal_all(const Container& container, int signal) {
  for (const pid_t pid : processes(container))
    ::kill(pid, signal);
}

void check_memory(const Container& container, const oci::Resources& resources) {
  if (!resources.checks_memory || resources.memory_limit.value_or(0) <= 0) return;
  const auto used = base::parse_integer(
      base::trim(sys::find_file(container.cgroup + "/memory.current").value_or("")));
  if (used.value_or(0) > *resources.memory_limit) {
    throw base::Error(
        fmt::format("memory limit: {} is less than the {} in use", *resources.memory_limit, *used));
  }
}

}  // namespace

void start(const Container& made) {
  const Container container = when_created(made);
  const sys::Lock alone = lock(container);
  const Status status = status_of(container);
  if (status != Status::Created) throw refusal(container, "start", status);
  const sys::Fd report = sys::open_file(container.report(), O_RDONLY | O_NONBLOCK);
  const sys::Fd gate = open_gate(container);
  ::fcntl(report.get(), F_SETFL, 0);
  sys::write_all(gate, "g");
  const auto failure = runtime::read_failure(report);
  sys::remove_file(container.gate());
  if (failure) {
    base::Error error = runtime::to_error(*failure);
    error.during("start container " + container.id);
    throw error;
  }
  const oci::Spec spec = container.spec();
  (void)!::chdir(container.bundle.c_str());
  run_hooks_anyway("poststart", spec.hooks.poststart,
                   state_json(container, spec, Status::Running, container.process.pid).dump());
}

void kill(const Container& container, int signal, bool all) {
  const Status status = status_of(container);
  if (all && status != Status::Creating) {
    signal_all(container, signal);
    return;
  }
  const auto process = sys::open_process(container.process);
  if (status == Status::Stopped || status == Status::Creating || !process) {
    throw refusal(container, "kill", status == Status::Creating ? status : Status::Stopped);
  }
  sys::send_signal(*process, signal);
  // Who is stopped hears of its end only when it goes on.
  if (signal == SIGKILL && status == Status::Paused) cgroup::freeze(container.cgroup, false);
}

void remove(const Container& container, bool force) {
  const sys::Lock alone = lock(container);
  const Status status = status_of(container);
  if (status != Status::Stopped && !force) throw refusal(container, "delete", status);
  end(container);
  remove_cgroup({container.cgroup, container.cgroup_top});
  std::optional<oci::Spec> spec;
  try {
    spec = container.spec();
  } catch (const base::Error& error) {
    base::log::warn("{}", error.what());  // half of one: its maker has died
  }
  sys::remove_tree(container.folder);
  if (!spec) return;
  (void)!::chdir(container.bundle.c_str());
  run_hooks_anyway("poststop", spec->hooks.poststop,
                   state_json(container, *spec, Status::Stopped, 0).dump());
}

void pause(const Container& container) {
  const Status status = status_of(container);
  if (status != Status::Running && status != Status::Created) {
    throw refusal(container, "pause", status);
  }
  cgroup::freeze(own_cgroup(container), true);
}

void resume(const Container& container) {
  const Status status = status_of(container);
  if (status != Status::Paused) throw refusal(container, "resume", status);
  cgroup::freeze(own_cgroup(container), false);
}

void update(const Container& container, const oci::Resources& resources) {
  const Status status = status_of(container);
  if (status == Status::Stopped) throw refusal(container, "update", status);
  const std::vector<cgroup::Setting> settings = cgroup::settings_of(resources);
  if (settings.empty()) return;
  own_cgroup(container);
  check_memory(container, resources);
  cgroup::apply(container.cgroup, settings);
}

std::vector<pid_t> processes(const Container& container) {
  if (!container.cgroup.empty()) return cgroup::processes_in(container.cgroup);
  if (!sys::is_alive(container.process)) return {};
  return of_namespace(container);
}

base::Json statistics(const Container& container) {
  const Status status = status_of(container);
  if (status == Status::Stopped) throw refusal(container, "events of", status);
  return cgroup::statistics(own_cgroup(container));
}

}  // namespace bundle
