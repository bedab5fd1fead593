#pragma once

#include "pkg/runtime/plan.hpp"

#include <sys/types.h>

// What runs between clone and exec: system calls and nothing else. No allocation, no exception, no
// lock, no log; every function says false with errno set when it fails.
namespace runtime::inside {

// Walks the plan; on failure reports which step and why, and ends.
void enter(const Plan& plan) noexcept;

// How to start a process that walks a plan. Filled in by the caller; `clone_into` adds the results.
struct Start {
  List<Join> joins;                    // entered one by one before the clone
  std::uint64_t flags = 0;             // CLONE_NEW* for the new process
  int cgroup = -1;                     // directory of the cgroup to start in
  bool makes_time = false;             // a time namespace for the new process
  const char* time_offsets = nullptr;  // for /proc/PID/timens_offsets
  const Plan* plan = nullptr;

  pid_t pid = 0;     // 0: it could not be started, see `failure`
  int process = -1;  // its pidfd
  Failure failure;
};

// Runs in a short-lived child that shares memory and files with its parent, which waits: enters the
// namespaces, and clones the process as a child of that parent.
int clone_into(void* plain) noexcept;  // a Start

// A pod's namespaces in the making, seen from the child that is in them first.
struct Making {
  const char* hostname = nullptr;
  List<MountParameter> sysctl;  // path below /proc/sys and text
  int gate = -1;                // a byte from here: the maps are written
  int gate_end = -1;            // where it comes from; not ours
  int report = -1;              // gets a Failure; number 0 means that all is made
  bool stays = false;           // as process 1 of its pid namespace: reaps, until killed
  int user = -1;                // a user namespace to make them in; -1: the clone has made them all
  int flags = 0;                // CLONE_NEW* of what is made there
};
int make_namespaces(void* plain) noexcept;  // a Making

}  // namespace runtime::inside
