#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/container_options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/amend.hpp"

namespace pod {
namespace {

std::string text_of(const std::optional<std::int64_t>& bytes) {
  return bytes ? std::to_string(*bytes) : "";
}

// Memory and swap are judged together with what the container has of them already.
containers::Changes changes_for(const containers::Container& container, ResourceFlags flags,
                                const std::string& restart) {
  const oci::Resources& has = container.options.resources;
  if (flags.memory.empty()) flags.memory = text_of(has.memory_limit);
  if (flags.memory_swap.empty()) flags.memory_swap = text_of(has.memory_swap);
  containers::Changes changes;
  flags.apply(changes.resources);
  if (!restart.empty()) {
    changes.restart =
        with_flag("--restart", [&] { return containers::RestartPolicy::parse(restart); });
  }
  return changes;
}

}  // namespace

int update(Arguments arguments) {
  ContainerSelection selection;
  ResourceFlags resources;
  std::string restart;

  cli::Options options("Change the limits and the restart policy of containers");
  resources.declare(options);
  options.value("--restart", restart, "no, on-failure[:TIMES], always, unless-stopped")
      .flag("-l,--latest", selection.latest, "The newest container")
      .refuse("-e,--env,--unsetenv")
      .refuse("--health-cmd,--health-interval,--health-log-destination,--health-max-log-count")
      .refuse("--health-max-log-size,--health-on-failure,--health-retries,--health-start-period")
      .refuse("--health-startup-cmd,--health-startup-interval,--health-startup-retries")
      .refuse("--health-startup-success,--health-startup-timeout,--health-timeout")
      .refuse("--no-healthcheck")
      .rest("CONTAINER", selection.names);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  for (const auto& [typed, container] : selection.choose(home, outcome)) {
    outcome.attempt([&] {
      containers::update(home, container, changes_for(container, resources, restart));
      cli::print(container.id + "\n");
    });
  }
  return outcome.status();
}

}  // namespace pod
