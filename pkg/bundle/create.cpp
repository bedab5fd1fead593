#include "pkg/bundle/create.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/bundle/check.hpp"
#include "pkg/bundle/console.hpp"
#include "pkg/bundle/hooks.hpp"
#include "pkg/bundle/launcher.hpp"
#include "pkg/bundle/listener.hpp"
#include "pkg/runtime/failure.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/inherited.hpp"
#include "pkg/sys/tty.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <memory>

#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bundle {
namespace {

std::string absolute(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> whole(::realpath(path.c_str(), nullptr),
                                                          &std::free);
  if (!whole) throw base::SysError(path);
  return whole.get();
}

std::string joined(const std::string& folder, const std::string& path) {
  return path.starts_with('/') ? path : folder + "/" + path;
}

std::string from_here(const std::string& path) {
  return path.empty() || path.starts_with('/') ? path : absolute(".") + "/" + path;
}

CreateOptions with_absolute_paths(CreateOptions options) {
  options.bundle = absolute(options.bundle);
  options.root = from_here(options.root);
  options.console_socket = from_here(options.console_socket);
  options.pid_file = from_here(options.pid_file);
  return options;
}

// As the configuration means them: relative paths are the bundle's.
void make_absolute(const std::string& bundle, oci::Spec& spec) {
  spec.root_path = absolute(joined(bundle, spec.root_path));
  const oci::Namespace* user = spec.find_namespace("user");
  for (oci::Mount& mount : spec.mounts) {
    const bool is_bind = mount.type == "bind" ||
                         std::count(mount.options.begin(), mount.options.end(), "bind") > 0 ||
                         std::count(mount.options.begin(), mount.options.end(), "rbind") > 0;
    if (is_bind) mount.source = joined(bundle, mount.source);
    const bool maps = std::count(mount.options.begin(), mount.options.end(), "idmap") > 0 ||
                      std::count(mount.options.begin(), mount.options.end(), "ridmap") > 0;
    if (maps && mount.uid_mappings.empty() && user != nullptr) {
      mount.uid_mappings = spec.uid_mappings;
      mount.gid_mappings = spec.gid_mappings;
    }
  }
}

// What a service's program finds open, from 3 on; see sd_listen_fds(3).
unsigned handed_sockets() {
  const char* count = std::getenv("LISTEN_FDS");  // NOLINT(concurrency-mt-unsafe): we have none
  const auto number = base::parse_integer(count != nullptr ? count : "");
  return number && *number > 0 && *number < 1024 ? static_cast<unsigned>(*number) : 0;
}

void tell_of_sockets(std::vector<std::string>& env) {
  if (handed_sockets() == 0) return;
  env.push_back("LISTEN_FDS=" + std::to_string(handed_sockets()));
  env.emplace_back("LISTEN_PID=1");
  const char* names = std::getenv("LISTEN_FDNAMES");  // NOLINT(concurrency-mt-unsafe)
  if (names != nullptr) env.push_back(std::string("LISTEN_FDNAMES=") + names);
}

// The last part of what NSpid says: the number in the innermost pid namespace.
pid_t inner_number(pid_t pid) {
  const std::string status =
      sys::find_file("/proc/" + std::to_string(pid) + "/status").value_or("");
  for (const std::string& line : base::split(status, '\n')) {
    if (!line.starts_with("NSpid:")) continue;
    const std::size_t last = line.find_last_of("\t ");
    const auto number = base::parse_integer(base::trim(line.substr(last)));
    if (number) return static_cast<pid_t>(*number);
  }
  return pid;
}

std::string user_name() {
  const passwd* entry = ::getpwuid(::geteuid());  // NOLINT(concurrency-mt-unsafe): we have none
  return entry != nullptr ? entry->pw_name : std::to_string(::geteuid());
}

void replace_text(const sys::Fd& file, const std::string& text) {
  const auto size = static_cast<off_t>(text.size());
  if (::pwrite(file.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(size) ||
      ::ftruncate(file.get(), size) != 0) {
    throw base::SysError("write the state");
  }
}

sys::Fd make_fifo(const std::string& path) {
  if (::mkfifo(path.c_str(), 0600) != 0) throw base::SysError(path);
  return sys::open_file(path, O_RDWR);
}

// In the making: undone unless it gets to its end.
class Creation {
 public:
  explicit Creation(const CreateOptions& wanted)
      : kept_files_(sys::inherited_files(wanted.preserve_fds) + handed_sockets()),
        options_(with_absolute_paths(wanted)),
        bundle_(options_.bundle),
        text_(sys::read_file(
            joined(bundle_, options_.config.empty() ? "config.json" : options_.config))),
        spec_(parse()),
        claim_(options_.root, options_.id) {
    // Hooks are run there.
    if (::chdir(bundle_.c_str()) != 0) throw base::SysError(bundle_);
  }

  Creation(const Creation&) = delete;
  Creation& operator=(const Creation&) = delete;
  ~Creation() {
    if (!is_done_) undo();
  }

  Created run() {
    prepare();
    start();
    run_hooks_outside();
    await(runtime::Step::AtGate);
    finish();
    is_done_ = true;
    return {container_, std::move(terminal_)};
  }

 private:
  oci::Spec parse() const try {
    oci::Spec spec = oci::Spec::parse_config(base::Json::parse(text_));
    check(spec);
    make_absolute(bundle_, spec);
    tell_of_sockets(spec.process.env);
    return spec;
  } catch (base::Error& error) {
    error.during("config.json");
    throw;
  }

  void prepare() {
    container_.id = options_.id;
    container_.folder = claim_.folder();
    container_.bundle = bundle_;
    container_.rootfs = spec_.root_path;
    container_.created = base::now();
    container_.owner = user_name();
    sys::create_file(container_.config(), text_, 0600);
    if (spec_.process.terminal) {
      if (!options_.keeps_terminal) console_ = connect_console(options_.console_socket);
    } else if (!options_.console_socket.empty()) {
      throw base::Error("--console-socket: process.terminal is not set");
    }
    if (!spec_.seccomp_filter.is_null()) take_filter();
  }

  void take_filter() try {
    filter_ = seccomp::compile_filter(spec_.seccomp_filter, options_.root + "/.seccomp");
    if (!filter_.listener_path.empty()) listener_ = Listener::connect(filter_);
  } catch (base::Error& error) {
    error.during("linux.seccomp");
    throw;
  }

  // Whether there is something that has to be done, or written, before the process goes on.
  bool makes_it_wait() const {
    const oci::Hooks& hooks = spec_.hooks;
    return listener_.greeting || !hooks.prestart.empty() || !hooks.create_runtime.empty() ||
           !hooks.create_container.empty();
  }

  void start() {
    sys::Fd gate = make_fifo(container_.gate());
    sys::Fd report = make_fifo(container_.report());
    report_ = sys::open_file(container_.report(), O_RDONLY);
    sys::Pipe hooks_gate;
    if (makes_it_wait()) hooks_gate = sys::make_pipe();
    state_ = sys::memory_file("");
    Launch what{spec_, options_.id, filter_, options_.cgroups, {}};
    what.outside.gate = gate.get();
    what.outside.report = report.get();
    what.outside.hooks_gate = hooks_gate.read.get();
    what.outside.state = state_.get();
    what.outside.listener = listener_.socket.get();
    what.outside.greeting = listener_.greeting.get();
    what.outside.filter_flags = filter_.flags;
    what.outside.kept_files = kept_files_;
    what.outside.plain_lines = options_.keeps_terminal && !sys::is_terminal(STDOUT_FILENO);
    what.outside.keeps_old_root = options_.keeps_old_root;
    if (options_.has_keyring) what.outside.keyring = "_ses." + options_.id;
    Launching launching = launch(what);
    hooks_gate_ = std::move(hooks_gate.write);
    terminal_ = std::move(launching.terminal);
    container_.cgroup = launching.cgroup.path;
    container_.cgroup_top = launching.cgroup.top;
    pid_ = launching.pid;
    const auto process = sys::find_process(pid_);
    if (process) container_.process = *process;
    inner_ = inner_number(pid_);
    write_state(Status::Creating);
  }

  // For those in the container, who find themselves by another number there.
  void write_state(Status status) {
    const base::Json state = state_json(container_, spec_, status, inner_);
    replace_text(state_, state.dump());
    if (!listener_.greeting) return;
    replace_text(listener_.greeting,
                 listener_.message(filter_, state_json(container_, spec_, status, pid_), pid_));
  }

  void run_hooks_outside() {
    if (!hooks_gate_) return;
    await(runtime::Step::AtHooks);
    hooks_have_begun_ = true;
    const std::string state = state_json(container_, spec_, Status::Creating, pid_).dump();
    run_hooks("prestart", spec_.hooks.prestart, state);
    run_hooks("createRuntime", spec_.hooks.create_runtime, state);
    sys::write_all(hooks_gate_, "g");
  }

  void await(runtime::Step step) {
    while (const auto report = runtime::next_report(report_)) {
      if (report->step == step) return;
      if (report->step != runtime::Step::ShowHostsProc) throw runtime::to_error(*report);
    }
    throw base::Error("the container's process ended before its time");
  }

  void finish() {
    write_state(Status::Created);
    if (console_) send_console(console_, terminal_);
    if (!options_.pid_file.empty()) sys::replace_file(options_.pid_file, std::to_string(pid_));
    container_.save();
    claim_.keep();
  }

  void undo() noexcept {
    try {
      if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
      }
      remove_cgroup({container_.cgroup, container_.cgroup_top});
      if (hooks_have_begun_) {
        run_hooks_anyway("poststop", spec_.hooks.poststop,
                         state_json(container_, spec_, Status::Stopped, 0).dump());
      }
    } catch (const std::exception& error) {
      base::log::warn("{}", error.what());
    }
  }

  unsigned kept_files_;  // looked at before we open anything ourselves
  CreateOptions options_;
  std::string bundle_;
  std::string text_;
  oci::Spec spec_;
  Claim claim_;
  Container container_;
  seccomp::Filter filter_;
  Listener listener_;
  sys::Fd console_;
  sys::Fd report_;
  sys::Fd hooks_gate_;
  sys::Fd state_;
  sys::Fd terminal_;
  pid_t pid_ = 0;
  pid_t inner_ = 0;
  bool hooks_have_begun_ = false;
  bool is_done_ = false;
};

}  // namespace

Created create(const CreateOptions& options) {
  check_id(options.id);
  return Creation(options).run();
}

}  // namespace bundle
