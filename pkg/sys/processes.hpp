#pragma once

#include "pkg/sys/process.hpp"

#include <vector>

namespace sys {

// A process as proc_pid_stat(5) tells of it.
struct Sighting {
  ProcessName name;
  pid_t parent = 0;
  char state = 'R';  // R running, S sleeping, D waiting for a device, T stopped, Z zombie ...

  bool has_ended() const { return state == 'Z' || state == 'X'; }
};

// Nothing when there is no such process. Zombies are seen.
std::optional<Sighting> sight(pid_t pid);

// All that there are, in the order of their numbers.
std::vector<Sighting> list_processes();

// The processes of a container, given its first one: all in its mount namespace, which no other
// container has, and what they have started since, wherever that lives. A PID namespace would not
// tell: pods share theirs, and a container can have the host's.
std::vector<Sighting> processes_of(pid_t first);

// The mount namespace of a process whose end is not that of all others in its PID namespace, to be
// held so that its number stays its own. Nothing for the first one of a PID namespace, or for one
// that has our mounts.
std::optional<Fd> mounts_of_survivors(pid_t pid);
// Kills all in that mount namespace, and waits for them, a second at most.
void kill_all_in(const Fd& mount_namespace);

}  // namespace sys
