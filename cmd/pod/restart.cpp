#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/flag_values.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/sys/signals.hpp"

namespace pod {

int restart(Arguments arguments) {
  ContainerSelection selection;
  std::optional<std::int64_t> timeout;
  std::string signal;
  bool running = false;

  cli::Options options("Stop containers and start them again");
  options.value("-t,--time,--timeout", timeout, "Seconds until SIGKILL; -1: wait for ever")
      .value("-s,--signal", signal, "Signal to send, instead of its stop signal")
      .flag("-a,--all", selection.all, "All containers")
      .flag("--running", running, "All that run")
      .values("-f,--filter", selection.filters, "Those that fit KEY=VALUE, as for ps")
      .flag("-l,--latest", selection.latest, "The newest container")
      .values("--cidfile", selection.cid_files, "File with a container's id")
      .rest("CONTAINER", selection.names);
  options.parse(arguments);
  selection.running_only = running;
  selection.all = selection.all || running;

  std::optional<int> number;
  if (!signal.empty()) number = with_flag("--signal", [&] { return sys::signal_number(signal); });

  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  outcome.attempt_together(selection.choose(home, outcome), [&](const auto& one) {
    containers::restart(home, one.container, timeout, number);
    cli::print(one.typed + "\n");
  });
  return outcome.status();
}

}  // namespace pod
