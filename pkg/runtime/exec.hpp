#pragma once

#include "pkg/oci/spec.hpp"
#include "pkg/runtime/outside.hpp"
#include "pkg/seccomp/compile.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/tty.hpp"

#include <string>

#include <sys/types.h>

namespace runtime {

struct ExecRequest {
  pid_t pid = 0;             // the container's first process, as we see it
  const sys::Fd& process;    // its pidfd
  const oci::Process& what;  // user names are resolved in the container
  const seccomp::Program& seccomp;
  std::string cgroup;
  int in = 0;  // go to the new process as they are; unused with a terminal
  int out = 1;
  int err = 2;
  sys::WindowSize size;  // of the terminal, before anything runs on it
  Outside outside = {};
  std::optional<oci::Personality> personality = {};
};

struct Executed {
  pid_t pid = 0;     // our child, as we see it
  sys::Fd process;   // pidfd
  sys::Fd terminal;  // master side, when asked for
  sys::Fd report;    // closes at exec; carries the failure otherwise

  // Waits until exec has happened. Throws as Launched::release does.
  void await();
};

// Starts one more process in a running container, from the initial namespaces, without passing
// through the session's. Returns after its exec; throws as Launched::release does.
Executed exec(const ExecRequest& request);
// The same, but returns before its exec. What fails then ends the process, and `await` says why.
Executed begin_exec(const ExecRequest& request);

}  // namespace runtime
