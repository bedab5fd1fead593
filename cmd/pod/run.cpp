#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/container_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/sys/inherited.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/sys/tty.hpp"

#include <fmt/core.h>

#include <csignal>
#include <cstdint>

#include <unistd.h>

namespace pod {
namespace {

// Which streams -a names; without it all, standard input only with -i.
containers::Streams streams_of(const std::vector<std::string>& attach, bool interactive) {
  containers::Streams streams;
  streams.in = interactive;
  if (attach.empty()) return streams;
  streams.in = streams.out = streams.err = false;
  for (const std::string& each : attach) {
    const std::string name = base::lower(each);
    if (name == "stdin") {
      streams.in = true;
    } else if (name == "stdout") {
      streams.out = true;
    } else if (name == "stderr") {
      streams.err = true;
    } else {
      throw base::Error(fmt::format("--attach: {}: not one of stdin, stdout, stderr", each));
    }
  }
  return streams;
}

// Who hands descriptors on is the monitor, and it has ours only from its birth.
void expect_monitor_of_its_own(const ContainerFlags& flags, const containers::Options& wanted) {
  if (!flags.life.pod.empty() || !flags.life.pod_id_file.empty())
    throw base::Error("--preserve-fds: not in a pod: its monitor may run already");
  if (!wanted.runtime.empty())
    throw base::Error("--preserve-fds: only with the built-in runtime, not " + wanted.runtime);
}

// A container that was to be gone at its end is gone when it never began.
void remove_unstarted(const home::Home& home, const std::string& id) {
  try {
    const std::optional<containers::Container> left = containers::find_by_id(home, id);
    if (left) containers::remove(home, *left, {.force = true, .volumes = true, .timeout = 0});
  } catch (const base::Error& error) {
    base::log::warn("{}", error.what());
  }
}

}  // namespace

int run(Arguments arguments) {
  ContainerFlags flags;
  bool detach = false;
  bool sig_proxy = true;
  std::string detach_keys = "ctrl-p,ctrl-q";
  std::int64_t preserve_fds = 0;
  std::vector<std::string> attach;

  cli::Options options("Run a command in a new container");
  options.flag("-d,--detach", detach, "Leave it running and show its id")
      .list("-a,--attach", attach, "Tie stdin, stdout, stderr")
      .flag("--sig-proxy", sig_proxy, "Pass signals on to it")
      .value("--detach-keys", detach_keys, "Keys that leave it running")
      .value("--preserve-fds", preserve_fds, "Pass so many descriptors on, from 3");
  flags.declare(options);
  options.parse(arguments);

  const unsigned kept_files = sys::inherited_files(preserve_fds);
  containers::Options wanted = flags.take(arguments);
  if (kept_files > 0) expect_monitor_of_its_own(flags, wanted);
  containers::Streams streams = streams_of(attach, wanted.interactive);
  streams.signals = sig_proxy;
  streams.detach_keys = detach_keys;
  if (wanted.terminal && wanted.interactive && !detach && !sys::is_terminal(STDIN_FILENO)) {
    base::log::warn("standard input is not a terminal");
  }

  const home::Home home = home::Home::open();
  resolve(home, flags, wanted);
  std::optional<containers::Recruit> recruit;
  if (wanted.pod.empty())
    recruit = containers::Recruit::enlist(home, kept_files);  // a pod may have a monitor
  const containers::Made made = containers::create_to_start(home, wanted);
  const containers::Container& container = made.container;
  // Whoever reads our output may go: then what was to be removed is, before that ends us.
  const sys::SignalQueue broken_pipe({SIGPIPE});
  try {
    if (!detach) {
      return containers::start_attached(home, container, streams, std::move(recruit));
    }
    containers::start(home, container, std::move(recruit));
  } catch (const base::Error&) {
    if (wanted.remove) remove_unstarted(home, container.id);
    throw;
  }
  cli::print(container.id + "\n");
  return 0;
}

}  // namespace pod
