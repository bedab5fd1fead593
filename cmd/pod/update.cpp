#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/container_options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/amend.hpp"

namespace pod {
namespace {

struct UpdateFlags {
  ResourceFlags resources;
  HealthFlags health;
  std::string restart;
  std::vector<std::string> env;
  std::vector<std::string> unset_env;
  // Whether the flags that have a default of their own were given.
  bool sets_failure = false;
  bool sets_destination = false;
  bool sets_count = false;
  bool sets_size = false;
};

std::string text_of(const std::optional<std::int64_t>& bytes) {
  return bytes ? std::to_string(*bytes) : "";
}

// Memory and swap are judged together with what the container has of them already.
oci::Resources resources_for(const containers::Container& container, ResourceFlags flags) {
  const oci::Resources& has = container.options.resources;
  if (flags.memory.empty()) flags.memory = text_of(has.memory_limit);
  if (flags.memory_swap.empty()) flags.memory_swap = text_of(has.memory_swap);
  oci::Resources changes;
  flags.apply(changes);
  return changes;
}

// What was not said stays.
std::optional<monitor::HealthCheck> health_for(const containers::Container& container,
                                               const UpdateFlags& flags) {
  const monitor::HealthCheck& has = container.options.health;
  HealthFlags wanted = flags.health;
  if (!flags.sets_failure) wanted.on_failure = monitor::on_unhealthy_word(has.on_failure);
  if (!flags.sets_destination) wanted.log_destination = has.log_destination;
  if (!flags.sets_count) wanted.log_count = has.log_count;
  if (!flags.sets_size) wanted.log_size = has.log_size;
  monitor::HealthCheck changed = has;
  wanted.apply(changed);
  if (changed.json().dump() == has.json().dump()) return std::nullopt;
  return changed;
}

containers::Changes changes_for(const containers::Container& container, const UpdateFlags& flags) {
  containers::Changes changes;
  changes.resources = resources_for(container, flags.resources);
  if (!flags.restart.empty()) {
    changes.restart =
        with_flag("--restart", [&] { return containers::RestartPolicy::parse(flags.restart); });
  }
  for_each_value("--env", flags.env, [&](const auto& text) { add_env(changes.env, text); });
  changes.unset_env = flags.unset_env;
  changes.health = health_for(container, flags);
  return changes;
}

}  // namespace

int update(Arguments arguments) {
  ContainerSelection selection;
  UpdateFlags flags;

  cli::Options options("Change the limits, the restart policy and the like of containers");
  flags.resources.declare(options);
  options.value("--restart", flags.restart, "no, on-failure[:TIMES], always, unless-stopped")
      .values("-e,--env", flags.env, "Variable for its next start: NAME=VALUE, NAME, or PREFIX*")
      .values("--unsetenv", flags.unset_env, "Variable that it has no more at its next start")
      .flag("-l,--latest", selection.latest, "The newest container");
  flags.health.declare(options);
  options.rest("CONTAINER", selection.names);
  options.parse(arguments);
  flags.sets_failure = options.is_given("--health-on-failure");
  flags.sets_destination = options.is_given("--health-log-destination");
  flags.sets_count = options.is_given("--health-max-log-count");
  flags.sets_size = options.is_given("--health-max-log-size");

  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  for (const auto& [typed, container] : selection.choose(home, outcome)) {
    outcome.attempt([&] {
      containers::update(home, container, changes_for(container, flags));
      cli::print(container.id + "\n");
    });
  }
  return outcome.status();
}

}  // namespace pod
