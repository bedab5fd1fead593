#pragma once

#include "pkg/oci/spec.hpp"
#include "pkg/runtime/outside.hpp"
#include "pkg/seccomp/compile.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/userns/ids.hpp"
#include "pkg/userns/mapping.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

// Starts a container's first process. Called by a monitor: single-threaded, in the session user
// namespace as its root, with a mount namespace of its own.
namespace runtime {

// The namespaces that a pod's containers (or one standalone container) share, held by descriptor.
// One that is absent is the host's (user: the session's).
struct Namespaces {
  sys::Fd user;
  sys::Fd net;
  sys::Fd ipc;
  sys::Fd uts;
  sys::Fd pid;  // only when the pod shares it; its process 1 is `pid_holder`
  pid_t pid_holder = 0;
};

struct NamespacesWanted {
  bool net = true;
  bool ipc = true;
  bool uts = true;
  bool pid = false;  // one for all: a process of ours is its number 1, reaps, and holds it
  std::string hostname;
  std::map<std::string, std::string> sysctl;  // of net and ipc
  sys::Fd user;  // somebody else's user namespace, to make them in (but not pid)
  userns::Ids ids;
};

// A user namespace below the session's, with the same ids unless others are wanted, and the others
// inside it.
Namespaces make_namespaces(const NamespacesWanted& wanted, const userns::Mapping& session);

// A mount that is not the runtime's to make: put at `destination` in the container, in the order of
// the spec's mounts (a spec mount of type "prepared" names it by its source).
struct Prepared {
  std::string name;
  sys::Fd mount;  // each use gets a copy of it
};

struct LaunchRequest {
  const oci::Spec& spec;
  const Namespaces& namespaces;
  const sys::Fd& root;  // the mounted root file system, detached
  const std::vector<Prepared>& prepared;
  const seccomp::Program& seccomp;  // "" for none
  std::string cgroup;               // path of the cgroup to start in; "" for none
  bool is_limited = false;          // by the cgroup: it shall not run outside of it
  int in = -1;                      // the container's streams; unused with a terminal
  int out = -1;
  int err = -1;
  userns::Ids ids;  // of namespaces.user
  // Of a literal spec: the bind mounts that are open already, at the place of the spec's mount.
  std::span<const sys::Fd> sources = {};
  Outside outside = {};
};

// A container's process, set up and stopped before its exec.
struct Launched {
  pid_t pid = 0;     // our child
  sys::Fd process;   // pidfd
  sys::Fd terminal;  // master side of its terminal, when the spec asks for one
  sys::Fd gate;      // `release` writes here
  sys::Fd report;    // closes at exec; carries the failure otherwise

  // Lets it go on and waits until exec has happened. Throws base::Error with status 127 (no such
  // command), 126 (cannot be executed) or 125, saying which step failed and why.
  void release();
};

Launched launch(const LaunchRequest& request);

}  // namespace runtime
