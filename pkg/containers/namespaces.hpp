#pragma once

#include "pkg/containers/container.hpp"

#include <map>
#include <string>

namespace containers {

// The namespaces of a running container's first process, by their kind as in /proc/PID/ns ("mnt",
// "pid", "net", "ipc", "uts", "user", "cgroup"): "4026531840". None when it does not run.
std::map<std::string, std::string> namespaces_of(const State& state);

}  // namespace containers
