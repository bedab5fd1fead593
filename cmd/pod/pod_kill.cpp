#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/pods/lifecycle.hpp"
#include "pkg/sys/signals.hpp"

namespace pod {

int pod_kill(Arguments arguments) {
  PodSelection selection;
  std::string signal = "KILL";

  cli::Options options("Send a signal to the main processes of pods");
  options.value("-s,--signal", signal, "Signal to send")
      .flag("-a,--all", selection.all, "All pods")
      .flag("-l,--latest", selection.latest, "The newest pod")
      .rest("POD", selection.names);
  options.parse(arguments);

  const int number = sys::signal_number(signal);
  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  for (const auto& [typed, pod] : selection.choose(home, outcome)) {
    outcome.attempt([&] {
      pods::kill(home, pod, number);
      cli::print(typed + "\n");
    });
  }
  return outcome.status();
}

}  // namespace pod
