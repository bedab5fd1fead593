#include "pkg/bundle/exec.hpp"

#include "cmd/pod-runtime/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

namespace pod_runtime {

int exec(const Global& global, const cli::Arguments& arguments) {
  std::string id;
  std::vector<std::string> groups;
  bundle::ExecOptions exec;

  cli::Options options("Run one more process in a container");
  options.value("-p,--process", exec.process_file, "File with the process as JSON")
      .flag("-t,--tty", exec.terminal, "A terminal of its own")
      .flag("-d,--detach", exec.detach, "Do not wait for its end")
      .value("--console-socket", exec.console_socket, "Socket that gets the terminal")
      .value("--pid-file", exec.pid_file, "File that gets the process's number")
      .value("--cwd", exec.cwd, "Working directory")
      .values("-e,--env", exec.env, "Variable NAME=value")
      .value("-u,--user", exec.user, "Numbers: UID[:GID]")
      .values("-g,--additional-gids", groups, "Further groups, by number")
      .values("-c,--cap", exec.capabilities, "Further capability")
      .value("--apparmor", exec.apparmor, "AppArmor profile")
      .flag("--no-new-privs", exec.no_new_privileges, "It cannot gain privileges")
      .value("--preserve-fds", exec.preserve_fds, "Pass so many descriptors on, from 3")
      .flag("--ignore-paused", exec.ignores_pause, "Also in a paused container")
      .refuse("--process-label,--cgroup")
      .stop_at_argument()
      .argument("CONTAINER", id)
      .rest("COMMAND", exec.args);
  options.parse(arguments);

  for (const std::string& group : groups) {
    const auto number = base::parse_integer(group);
    if (!number) throw base::Error("exec: --additional-gids " + group + ": expected a number");
    exec.groups.push_back(*number);
  }
  return bundle::exec(bundle::load(global.root, id), exec);
}

}  // namespace pod_runtime
