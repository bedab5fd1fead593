#include "cmd/pod/command.hpp"
#include "cmd/pod/flag_values.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/sys/inherited.hpp"
#include "pkg/sys/tty.hpp"

#include <unistd.h>

namespace pod {

int exec(Arguments arguments) {
  containers::ExecOptions what;
  std::vector<std::string> env;
  std::vector<std::string> env_files;
  std::vector<std::string> words;
  bool latest = false;
  std::int64_t preserve_fds = 0;

  cli::Options options("Run a command in a running container");
  options.flag("-d,--detach", what.detach, "Leave it running")
      .values("-e,--env", env, "NAME=VALUE, NAME (as it is here), or PREFIX*")
      .values("--env-file", env_files, "File with one NAME=VALUE a line")
      .flag("-i,--interactive", what.interactive, "Keep standard input open")
      .flag("-t,--tty", what.terminal, "Give it a terminal")
      .flag("--privileged", what.privileged, "All capabilities of the container's user namespace")
      .value("-u,--user", what.user, "User: NAME|UID[:GROUP|GID]")
      .value("-w,--workdir", what.workdir, "Working directory")
      .value("--detach-keys", what.detach_keys, "Keys that leave it running")
      .flag("-l,--latest", latest, "The newest container")
      .ignore_flags("--no-session")
      .value("--preserve-fds", preserve_fds, "Pass so many descriptors on, from 3")
      .refuse("--cidfile,--preserve-fd,--wait")
      .stop_at_argument()
      .rest("CONTAINER COMMAND", words);
  options.parse(arguments);

  for_each_value("--env-file", env_files, [&](const auto& path) { add_env_file(what.env, path); });
  for_each_value("--env", env, [&](const auto& text) { add_env(what.env, text); });
  if (words.empty() && !latest) throw base::Error("name a container and a command");
  const std::string name = latest ? "" : words.front();
  what.command.assign(words.begin() + (latest ? 0 : 1), words.end());
  if (what.command.empty()) throw base::Error("name a command");
  if (what.terminal && what.interactive && !what.detach && !sys::is_terminal(STDIN_FILENO)) {
    base::log::warn("standard input is not a terminal");
  }

  what.preserve_fds = sys::inherited_files(preserve_fds);
  const home::Home home = home::Home::open();
  return containers::exec(home, one_container(home, name, latest), what);
}

}  // namespace pod
