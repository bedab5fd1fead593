#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/pods/lifecycle.hpp"

namespace pod {

int pod_restart(Arguments arguments) {
  PodSelection selection;

  cli::Options options("Stop pods and start them again");
  options.flag("-a,--all", selection.all, "All pods")
      .flag("-l,--latest", selection.latest, "The newest pod")
      .rest("POD", selection.names);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  for (const auto& [typed, pod] : selection.choose(home, outcome)) {
    outcome.attempt([&] {
      pods::restart(home, pod, {});
      cli::print(typed + "\n");
    });
  }
  return outcome.status();
}

}  // namespace pod
