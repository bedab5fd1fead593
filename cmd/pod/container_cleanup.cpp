#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"

#include <fmt/core.h>

#include <cstdio>

namespace pod {

int container_cleanup(Arguments arguments) {
  ContainerSelection selection;
  std::string session;
  cli::Options options("Accepted for scripts: a container's monitor tidies up by itself");
  options.flag("-a,--all", selection.all, "All containers")
      .flag("-l,--latest", selection.latest, "The newest container")
      .value("--exec", session, "A session of exec")
      .refuse("--rm,--rmi")
      .rest("CONTAINER", selection.names);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  for (const auto& [typed, container] : selection.choose(home, outcome)) {
    outcome.attempt([&] {
      if (containers::state_of(home, container).is_running()) {
        throw base::Error("container " + container.name + " runs: stop it first");
      }
      fmt::print(stderr, "pod: container {}: nothing to clean up\n", container.name);
    });
  }
  return outcome.status();
}

}  // namespace pod
