#pragma once

#include "tests/support/home.hpp"

#include <set>
#include <string>
#include <vector>

// What `pod` says of containers and what the kernel has, held against each other. A container is
// known among the processes by a word of its command line: "who-7" is its first process, "in-7" one
// that was executed in it.
namespace support {

struct Process {
  int pid = 0;
  int parent = 0;
  std::string words;  // its command line

  enum class Kind { Command, Monitor, Init, Executed, Network, Storage };
  Kind kind() const;
  std::string number() const;  // "7"; "" for one of no container
};

// All below this one.
std::vector<Process> processes();

// What `ps` and `inspect` say of a container.
struct Said {
  std::string id;
  std::string name;
  std::string pod;     // its name
  std::string number;  // of its word
  std::string state;
  int pid = 0;
  bool is_removed_at_end = false;
  bool is_restarted = false;
  std::vector<int> ports;  // of the host

  bool is_running() const { return state == "running" || state == "paused" || state == "stopping"; }
};

// From `ps --all --format json`, and an `inspect` of all.
std::vector<Said> parse_said(const std::string& ps, const std::string& inspect);

// "" when they agree, else where they do not: who is said to run does, with no other process than
// that; nobody else does; monitors and what feeds networks are there for those only; the ports of
// those that do not run are free.
std::string contradiction(const std::vector<Said>& said, const std::vector<Process>& processes);

// The numbers of the containers that may end when this process is killed; all for storage.
std::set<std::string> fate_of(const Process& victim, const std::vector<Process>& processes);

}  // namespace support
