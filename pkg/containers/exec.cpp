#include "pkg/runtime/exec.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/cgroup/cgroup.hpp"
#include "pkg/containers/attach.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/containers/secrets.hpp"
#include "pkg/containers/spec.hpp"
#include "pkg/containers/syscall_filter.hpp"
#include "pkg/events/log.hpp"
#include "pkg/sys/caps.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/namespaces.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/sys/socket.hpp"
#include "pkg/sys/tty.hpp"

#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace containers {
namespace {

// What the container's first process has, with what was asked for on top.
oci::Process process_of(const oci::Spec& spec, const ExecOptions& options) {
  oci::Process process = spec.process;
  process.args = options.command;
  process.terminal = options.terminal;
  if (options.terminal) process.env.push_back(terminal_variable(true));
  process.env.insert(process.env.end(), options.env.begin(), options.env.end());
  process.env = merged(process.env);
  if (!options.user.empty()) process.user.name = options.user;
  if (!options.workdir.empty()) process.cwd = options.workdir;
  if (options.privileged) {
    process.capabilities = sys::capability_names(sys::capability_set({"ALL"}));
    process.no_new_privileges = false;
  }
  return process;
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

// A file system of FUSE answers only those in the user namespace that it was mounted in, which is
// the monitor's; nor may just anybody read what belongs to subordinate ids.
void come_inside(const State& state) {
  const std::string users = fmt::format("/proc/{}/root/etc/passwd", state.process.pid);
  if (::access(users.c_str(), R_OK) == 0 || errno != EACCES) return;
  const sys::Fd ns = sys::open_namespace(state.monitor.pid, "user");
  if (::setns(ns.get(), CLONE_NEWUSER) != 0) throw base::SysError("enter the user namespace");
}

// Everything that is decided before the process is started.
struct Prepared {
  const home::Home& home;
  events::Subject subject;
  State state;
  sys::Fd container;  // its first process
  oci::Process what;
  seccomp::Program filter;
};

Prepared prepare(const home::Home& home, const Container& container, const ExecOptions& options) {
  if (options.command.empty()) throw base::Error("no command given");
  const State state = state_of(home, container);
  auto process = sys::open_process(state.process);
  if (!state.is_running() || !process) {
    throw base::Error(fmt::format("exec in {}: it does not run: its state is {}", container.name,
                                  status_word(state.status)));
  }
  if (state.status == Status::Paused) {
    throw base::Error(fmt::format("exec in {}: it is paused: unpause it first", container.name));
  }
  oci::Spec spec = load_spec(home, container);
  add_secret_variables(home, container, spec.process);
  try {
    cgroup::come_near(state.cgroup, home.uid);
  } catch (const base::Error& error) {
    base::log::warn("exec in {}: outside of its resource limits: {}", container.name, error.what());
  }
  come_inside(state);
  return {home,
          subject_of(container),
          state,
          std::move(*process),
          process_of(spec, options),
          options.privileged ? seccomp::Program() : syscall_filter(home, spec)};
}

void note_end(const Prepared& prepared, int exit_code) {
  events::Event died;
  died.status = "exec_died";
  died.subject = prepared.subject;
  died.exit_code = exit_code;
  events::note(prepared.home, std::move(died));
}

runtime::Executed run(const Prepared& prepared, const ExecOptions& options) {
  const sys::Fd null = sys::open_file("/dev/null", O_RDWR);
  runtime::Outside outside;
  outside.kept_files = options.preserve_fds;
  return runtime::exec({.pid = prepared.state.process.pid,
                        .process = prepared.container,
                        .what = prepared.what,
                        .seccomp = prepared.filter,
                        .cgroup = prepared.state.cgroup,
                        .in = options.interactive && !options.detach ? STDIN_FILENO : null.get(),
                        .out = options.detach ? null.get() : STDOUT_FILENO,
                        .err = options.detach ? null.get() : STDERR_FILENO,
                        .size = sys::window_size(STDIN_FILENO),
                        .outside = outside});
}

// After its command has gone: takes what is said on the terminal, so that nobody waits for us.
void drain(const sys::Fd& terminal) {
  std::array<char, 4096> bytes{};
  while (terminal && ::read(terminal.get(), bytes.data(), bytes.size()) > 0) {
  }
}

// The parent of a process that may outlive its command: a container cannot end before somebody has
// taken note of the end of all its processes, and not every host's first process does.
[[noreturn]] void keep(const Prepared& prepared, const ExecOptions& options,
                       const sys::Fd& command) {
  ::setsid();
  try {
    const runtime::Executed executed = run(prepared, options);
    const std::array<int, 2> files = {executed.process.get(), executed.terminal.get()};
    sys::send_message(command, "{}", {files.data(), executed.terminal ? 2U : 1U});
    sys::close_all_but({command.get(), prepared.container.get(), files[0], files[1]});
    const sys::Fd null = sys::open_file("/dev/null", O_RDWR);
    for (const int stream : {0, 1, 2})
      ::dup2(null.get(), stream);
    pollfd poll{command.get(), POLLIN, 0};  // readable when the command has gone
    std::array<pollfd, 2> polls = {{{executed.process.get(), POLLIN, 0}, poll}};
    ::poll(polls.data(), polls.size(), -1);
    if (polls[0].revents == 0) drain(executed.terminal);
    int status = 0;
    while (::waitpid(executed.pid, &status, 0) < 0 && errno == EINTR) {
    }
    note_end(prepared, sys::exit_status(status));
    sys::send_message(command, base::Json::object({{"exit", sys::exit_status(status)}}).dump());
  } catch (const base::Error& error) {
    sys::send_message(
        command, base::Json::object({{"error", error.what()}, {"status", error.status()}}).dump());
  }
  ::_exit(0);
}

base::Json receive_answer(const sys::Fd& keeper, std::vector<sys::Fd>& files) {
  auto message = sys::receive_message(keeper);
  if (!message) throw base::Error("the process that kept the command was killed");
  files = std::move(message->files);
  base::Json answer = base::Json::parse(message->bytes);
  if (const base::Json* error = answer.find("error")) {
    throw base::Error(error->as_string(), static_cast<int>(answer.integer_or("status", 125)));
  }
  return answer;
}

// With a terminal or detached.
int run_kept(const Prepared& prepared, const ExecOptions& options) {
  auto [keeper, theirs] = sys::make_socket_pair();
  const pid_t pid = ::fork();
  if (pid < 0) throw base::SysError("fork");
  if (pid == 0) {
    keeper.reset();
    keep(prepared, options, theirs);
  }
  theirs.reset();
  std::vector<sys::Fd> files;
  receive_answer(keeper, files);
  if (options.detach) {
    fmt::print("{}\n", base::make_id());  // the peers print one of the session; nothing asks for it
    return 0;
  }
  Streams streams;
  streams.in = options.interactive;
  streams.detach_keys = options.detach_keys;
  if (!relay_terminal(files.at(1), files.at(0), streams)) return 0;
  return static_cast<int>(receive_answer(keeper, files).at("exit").as_integer());
}

}  // namespace

int exec(const home::Home& home, const Container& container, const ExecOptions& options) {
  const Prepared prepared = prepare(home, container, options);
  events::note(home, "exec", prepared.subject);
  if (options.detach || options.terminal) return run_kept(prepared, options);
  sys::SignalQueue signals({SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2});
  const int exit_code = wait_for(run(prepared, options), signals);
  note_end(prepared, exit_code);
  return exit_code;
}

}  // namespace containers
