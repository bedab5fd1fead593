#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/oci/spec.hpp"

#include <optional>
#include <string>

// What changes a container that is there. All throw base::Error that names the container.
namespace containers {

// The new name is claimed first. What the container knows of itself, its hostname and /etc/hosts,
// stays as it is until it starts again. Throws when the name is no name, or in use.
void rename(const home::Home& home, const Container& container, const std::string& name);

struct Changes {
  oci::Resources resources;  // what is there replaces what the container has
  std::optional<RestartPolicy> restart;
  std::vector<std::string> env;        // "NAME=value", in place of those of the same name
  std::vector<std::string> unset_env;  // names
  std::optional<monitor::HealthCheck> health;
};
// For good; health checks begin anew; variables at its next start; limits at once as well when it
// runs in a cgroup of its own, else with a warning that they wait for its next start. The container
// as it is then.
Container update(const home::Home& home, const Container& container, const Changes& changes);

// `changes` laid over `resources`.
void merge(oci::Resources& resources, const oci::Resources& changes);

}  // namespace containers
