#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/monitor/health.hpp"
#include "pkg/runtime/exec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace containers {

// Fills in what the image's own check says, when the user says nothing else, and looks whether it
// all fits together. `image` is Docker's JSON, null for none. Throws base::Error.
void complete_health(monitor::HealthCheck& health, const base::Json& image);

bool has_health_check(const Container& container);
// Of a container with a health check that runs; nothing otherwise.
std::optional<monitor::Health> health_of(const home::Home& home, const Container& container,
                                         const State& state);

// Asks now; returns what that says of it: "healthy"; "starting" while its startup check has not
// succeeded often enough; "unhealthy" after one failure, too; "stopped" when it does not run.
// Throws base::Error when it has no health check.
std::string ask_health(const home::Home& home, const Container& container);

// The command line of a test {"CMD", ...} or {"CMD-SHELL", text}.
std::vector<std::string> argv_of(const std::vector<std::string>& test);

// {"HTTP", ...} and {"TCP", ...}: asked by a process of ours in the network of the container whose
// first process is named. It ends with 0 or 1; what it learns goes to `out`.
bool is_network_test(const std::vector<std::string>& test);
runtime::Executed ask_network(pid_t process, const std::vector<std::string>& test, int out);

}  // namespace containers
