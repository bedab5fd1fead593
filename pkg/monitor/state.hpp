#pragma once

#include "pkg/base/time.hpp"
#include "pkg/sys/process.hpp"

#include <cstdint>
#include <string>

namespace monitor {

enum class Status { Created, Running, Paused, Stopping, Exited, Removing };

std::string status_word(Status status);  // "created", "running", ... as the peers say

// Where a container is in its life. Its monitor keeps it in the container's runtime folder as
// state.json, replaced whole at each change.
struct State {
  Status status = Status::Created;
  sys::ProcessName process;  // its first process, as the host counts; pid 0 when it does not run
  sys::ProcessName monitor;
  base::Time started = 0;
  base::Time finished = 0;
  int exit_code = 0;
  bool oom_killed = false;
  std::int64_t restarts = 0;
  std::string error;   // why it could not be started, or ended oddly
  std::string cgroup;  // "" when it has none of its own

  bool is_running() const {
    return status == Status::Running || status == Status::Paused || status == Status::Stopping;
  }
};

constexpr const char* kStateName = "/state.json";

// The state in a runtime folder, held against the processes there are: when the monitor was killed,
// its containers were killed with it, whatever the file says. The runtime folder goes with a
// reboot: then what `write_last_state` left in `directory` tells whether it has ever run, and how
// it ended. Neither: created, never started.
State read_state(const std::string& runtime_directory, const std::string& directory);
void write_state(const std::string& runtime_directory, const State& state);
void write_last_state(const std::string& directory, const State& state);

}  // namespace monitor
