#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/sys/signals.hpp"

namespace pod {

int kill(Arguments arguments) {
  ContainerSelection selection;
  selection.running_only = true;
  std::string signal = "KILL";

  cli::Options options("Send a signal to the main process of containers");
  options.value("-s,--signal", signal, "Signal to send")
      .flag("-a,--all", selection.all, "All that run")
      .flag("-l,--latest", selection.latest, "The newest container")
      .values("--cidfile", selection.cid_files, "File with a container's id")
      .rest("CONTAINER", selection.names);
  options.parse(arguments);

  const int number = sys::signal_number(signal);
  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  for (const auto& [typed, container] : selection.choose(home, outcome)) {
    outcome.attempt([&] {
      containers::kill(home, container, number);
      cli::print(typed + "\n");
    });
  }
  return outcome.status();
}

}  // namespace pod
