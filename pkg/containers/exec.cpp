#include "pkg/runtime/exec.hpp"

#include "pkg/base/error.hpp"
#include "pkg/containers/attach.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/containers/spec.hpp"
#include "pkg/seccomp/compile.hpp"
#include "pkg/sys/caps.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/sys/signals.hpp"

#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

namespace containers {
namespace {

// What the container's first process has, with what was asked for on top.
oci::Process process_of(const oci::Spec& spec, const ExecOptions& options) {
  oci::Process process = spec.process;
  process.args = options.command;
  process.terminal = options.terminal;
  if (options.terminal) process.env.emplace_back("TERM=xterm");
  process.env.insert(process.env.end(), options.env.begin(), options.env.end());
  if (!options.user.empty()) process.user.name = options.user;
  if (!options.workdir.empty()) process.cwd = options.workdir;
  if (options.privileged) {
    process.capabilities = sys::capability_names(sys::capability_set({"ALL"}));
    process.no_new_privileges = false;
  }
  return process;
}

seccomp::Program filter_of(const home::Home& home, const oci::Spec& spec,
                           const ExecOptions& options) {
  const sys::CapabilitySet capabilities = sys::capability_set(spec.process.capabilities);
  if (options.privileged || spec.seccomp == "unconfined") return {};
  if (spec.seccomp.empty()) return seccomp::default_program(home, capabilities);
  return seccomp::compile_profile(home, spec.seccomp, capabilities);
}

// Passes signals on until the process ends.
int wait_for(const runtime::Executed& executed, sys::SignalQueue& signals) {
  while (true) {
    std::array<pollfd, 2> polls = {
        {{executed.process.get(), POLLIN, 0}, {signals.file().get(), POLLIN, 0}}};
    ::poll(polls.data(), polls.size(), -1);
    if (polls[0].revents != 0) break;
    while (const auto signal = signals.next())
      sys::send_signal(executed.process, *signal);
  }
  int status = 0;
  while (::waitpid(executed.pid, &status, 0) < 0) {
    if (errno != EINTR) throw base::SysError("wait");
  }
  return sys::exit_status(status);
}

}  // namespace

int exec(const home::Home& home, const Container& container, const ExecOptions& options) {
  if (options.command.empty()) throw base::Error("no command given");
  const State state = state_of(home, container);
  const auto process = sys::open_process(state.process);
  if (!state.is_running() || !process) {
    throw base::Error(fmt::format("exec in {}: it does not run: its state is {}", container.name,
                                  status_word(state.status)));
  }
  const oci::Spec spec = load_spec(home, container);
  const oci::Process what = process_of(spec, options);
  const seccomp::Program filter = filter_of(home, spec, options);
  const sys::Fd null = sys::open_file("/dev/null", O_RDWR);
  sys::SignalQueue signals({SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2});
  const runtime::Executed executed =
      runtime::exec({.pid = state.process.pid,
                     .process = *process,
                     .what = what,
                     .seccomp = filter,
                     .cgroup = state.cgroup,
                     .in = options.interactive && !options.detach ? STDIN_FILENO : null.get(),
                     .out = options.detach ? null.get() : STDOUT_FILENO,
                     .err = options.detach ? null.get() : STDERR_FILENO});
  if (options.detach) return 0;
  if (options.terminal) {
    Streams streams;
    streams.in = options.interactive;
    streams.detach_keys = options.detach_keys;
    if (!relay_terminal(executed.terminal, executed.process, streams)) return 0;
  }
  return wait_for(executed, signals);
}

}  // namespace containers
