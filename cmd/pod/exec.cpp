#include "cmd/pod/command.hpp"
#include "cmd/pod/flag_values.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/containers/report.hpp"
#include "pkg/sys/inherited.hpp"
#include "pkg/sys/interruption.hpp"
#include "pkg/sys/tty.hpp"

#include <fmt/core.h>

#include <chrono>

#include <unistd.h>

namespace pod {
namespace {

// "" is the newest.
void await_running(const home::Home& home, const std::string& name, std::int64_t seconds) {
  constexpr int kMilliseconds = 100;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (true) {
    const auto found = name.empty() ? containers::latest(home) : containers::find(home, name);
    if (found && containers::state_of(home, *found).is_running()) return;
    if (std::chrono::steady_clock::now() >= end) {
      throw base::Error(
          fmt::format("container {}: it did not run within {} seconds", name, seconds));
    }
    sys::pause_for(kMilliseconds);
  }
}

}  // namespace

int exec(Arguments arguments) {
  containers::ExecOptions what;
  std::vector<std::string> env;
  std::vector<std::string> env_files;
  std::vector<std::string> words;
  bool latest = false;
  std::int64_t preserve_fds = 0;
  std::string cid_file;
  std::int64_t seconds = 0;

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
      .value("--cidfile", cid_file, "File with the container's id, in place of its name")
      .value("--wait", seconds, "Wait so many seconds for it to be there and to run")
      .ignore_flags("--no-session")
      .value("--preserve-fds", preserve_fds, "Pass so many descriptors on, from 3")
      .refuse("--preserve-fd")
      .stop_at_argument()
      .rest("CONTAINER COMMAND", words);
  options.parse(arguments);

  for_each_value("--env-file", env_files, [&](const auto& path) { add_env_file(what.env, path); });
  for_each_value("--env", env, [&](const auto& text) { add_env(what.env, text); });
  if (latest && !cid_file.empty()) throw base::Error("--latest cannot be used with --cidfile");
  const bool is_named = !latest && cid_file.empty();
  if (words.empty() && is_named) throw base::Error("name a container and a command");
  const std::string name = is_named ? words.front()
                           : latest ? ""
                                    : read_id_files({cid_file}).front();
  what.command.assign(words.begin() + (is_named ? 1 : 0), words.end());
  if (what.command.empty()) throw base::Error("name a command");
  if (what.terminal && what.interactive && !what.detach && !sys::is_terminal(STDIN_FILENO)) {
    base::log::warn("standard input is not a terminal");
  }

  what.preserve_fds = sys::inherited_files(preserve_fds);
  const home::Home home = home::Home::open();
  if (seconds > 0) await_running(home, name, seconds);
  return containers::exec(home, one_container(home, name, latest), what);
}

}  // namespace pod
