#include "pkg/bundle/exec.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/bundle/check.hpp"
#include "pkg/bundle/console.hpp"
#include "pkg/bundle/create.hpp"
#include "pkg/bundle/listener.hpp"
#include "pkg/runtime/exec.hpp"
#include "pkg/seccomp/compile.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/inherited.hpp"

#include <fmt/core.h>

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace bundle {
namespace {

std::uint32_t id_of(const std::string& text, const char* option) {
  const auto number = base::parse_integer(text);
  if (!number || *number < 0 || *number >= 0xFFFFFFFFLL) {
    throw base::Error(fmt::format("{} {}: expected a number", option, text));
  }
  return static_cast<std::uint32_t>(*number);
}

void take_user(const ExecOptions& options, oci::Process& process) {
  if (!options.user.empty()) {
    const auto [user, group] = base::split_once(options.user, ':');
    process.user.uid = id_of(user, "--user");
    if (group) process.user.gid = id_of(*group, "--user");
  }
  for (const std::int64_t group : options.groups)
    process.user.additional_gids.push_back(id_of(std::to_string(group), "--additional-gids"));
}

// As with the peers: what is added can be used at once, whoever the user is, but is not passed on
// by programs without capabilities of their own, unless others are.
void add_capabilities(const ExecOptions& options, oci::Process& process) {
  if (!process.capability_sets) process.capability_sets.emplace();
  auto& sets = *process.capability_sets;
  for (const std::string& name : options.capabilities) {
    for (auto* set : {&sets.bounding, &sets.effective, &sets.permitted})
      set->push_back(name);
    if (!sets.inheritable.empty()) sets.ambient.push_back(name);
  }
}

// The container's own process, with other words.
oci::Process process_of(const oci::Spec& spec, const ExecOptions& options) {
  if (!options.process_file.empty()) {
    try {
      const std::string text = sys::read_file(options.process_file);
      return oci::Process::parse_config(base::Json::parse(text));
    } catch (base::Error& error) {
      error.during("--process " + options.process_file);
      throw;
    }
  }
  oci::Process process = spec.process;
  process.args = options.args;
  process.terminal = options.terminal;
  process.console_size.reset();
  if (!options.cwd.empty()) process.cwd = options.cwd;
  process.env.insert(process.env.end(), options.env.begin(), options.env.end());
  if (options.no_new_privileges) process.no_new_privileges = true;
  if (!options.apparmor.empty()) process.apparmor_profile = options.apparmor;
  take_user(options, process);
  add_capabilities(options, process);
  return process;
}

void check_status(const Container& container, const ExecOptions& options) {
  const Status status = status_of(container);
  const bool is_fine = status == Status::Running || status == Status::Created ||
                       (status == Status::Paused && options.ignores_pause);
  if (is_fine) return;
  throw base::Error(
      fmt::format("exec in container {}: it is {}", container.id, status_word(status)), 1);
}

// Nobody looks into a process that still has its maker's memory, but root of where that was made.
void refuse_hidden(const Container& container) {
  const std::string root = "/proc/" + std::to_string(container.process.pid) + "/root";
  if (::access(root.c_str(), X_OK) == 0 || errno != EACCES) return;
  if (status_of(container) != Status::Created) return;
  throw base::Error("exec in container " + container.id + ": it is created; start it first", 1);
}

struct Prepared {
  oci::Process process;
  std::optional<oci::Personality> personality;
  seccomp::Filter filter;
  Listener listener;
  sys::Fd console;
  sys::WindowSize size;
};

Prepared prepare(const Container& container, const ExecOptions& options) {
  const oci::Spec spec = container.spec();
  Prepared prepared{process_of(spec, options), spec.personality, {}, {}, {}, {}};
  const oci::Process& process = prepared.process;
  check_process(process);
  if (process.terminal && (options.detach || !options.console_socket.empty())) {
    prepared.console = connect_console(options.console_socket);
  }
  if (const auto& size = process.console_size) {
    prepared.size = {static_cast<unsigned short>(size->height),  // NOLINT
                     static_cast<unsigned short>(size->width)};  // NOLINT
  } else if (process.terminal && !prepared.console) {
    prepared.size = sys::window_size(STDIN_FILENO);
  }
  if (spec.seccomp_filter.is_null()) return prepared;
  const std::string root = container.folder.substr(0, container.folder.rfind('/'));
  prepared.filter = seccomp::compile_filter(spec.seccomp_filter, root + "/.seccomp");
  if (prepared.filter.listener_path.empty()) return prepared;
  prepared.listener = Listener::connect(prepared.filter);
  const pid_t pid = container.process.pid;
  sys::write_all(
      prepared.listener.greeting,
      Listener::message(prepared.filter, state_json(container, spec, Status::Running, pid), pid));
  return prepared;
}

runtime::Executed run(const Container& container, const Prepared& prepared, unsigned kept_files) {
  const auto process = sys::open_process(container.process);
  if (!process) throw base::Error("exec in container " + container.id + ": it is stopped", 1);
  refuse_hidden(container);
  runtime::Outside outside;
  outside.listener = prepared.listener.socket.get();
  outside.greeting = prepared.listener.greeting.get();
  outside.filter_flags = prepared.filter.flags;
  outside.kept_files = kept_files;
  outside.plain_lines = !prepared.console && !sys::is_terminal(STDOUT_FILENO);
  return runtime::exec({.pid = container.process.pid,
                        .process = *process,
                        .what = prepared.process,
                        .seccomp = prepared.filter.program,
                        .cgroup = container.cgroup,
                        .in = STDIN_FILENO,
                        .out = STDOUT_FILENO,
                        .err = STDERR_FILENO,
                        .size = prepared.size,
                        .outside = outside,
                        .personality = prepared.personality});
}

}  // namespace

int exec(const Container& container, const ExecOptions& options) {
  check_status(container, options);
  const unsigned kept_files = sys::inherited_files(options.preserve_fds);
  const Prepared prepared = prepare(container, options);
  runtime::Executed executed = run(container, prepared, kept_files);
  if (prepared.console) {
    send_console(prepared.console, executed.terminal);
    executed.terminal.reset();
  }
  if (!options.pid_file.empty()) sys::replace_file(options.pid_file, std::to_string(executed.pid));
  if (options.detach) return 0;
  return attend(executed.pid, executed.terminal);
}

}  // namespace bundle
