#pragma once

#include "pkg/bundle/cgroups.hpp"
#include "pkg/oci/spec.hpp"
#include "pkg/runtime/outside.hpp"
#include "pkg/seccomp/compile.hpp"
#include "pkg/sys/fd.hpp"

#include <string>

#include <sys/types.h>

namespace bundle {

struct Launch {
  const oci::Spec& spec;  // its paths are absolute
  std::string id;
  const seccomp::Filter& filter;
  Cgroups cgroups = Cgroups::Files;
  runtime::Outside outside;
};

struct Launching {
  pid_t pid = 0;  // our child
  sys::Fd terminal;
  MadeCgroup cgroup;
};

// Starts the container's process, which then goes as far as its gates. We ourselves stay in the
// namespaces of our caller, where the hooks are to run: a child enters the user namespace, prepares
// the mounts, launches, and ends, and what it has launched becomes ours, since we take in orphans
// from then on. Throws base::Error; nothing is left then.
Launching launch(const Launch& what);

}  // namespace bundle
