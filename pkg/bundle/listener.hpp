#pragma once

#include "pkg/base/json.hpp"
#include "pkg/seccomp/compile.hpp"
#include "pkg/sys/fd.hpp"

#include <string>

#include <sys/types.h>

namespace bundle {

// Whoever decides about a container's system calls; config-linux.md, "The Container Process State".
struct Listener {
  sys::Fd socket;    // connected to linux.seccomp.listenerPath
  sys::Fd greeting;  // the message that goes there with the filter's descriptor

  // Throws base::Error when nobody listens there.
  static Listener connect(const seccomp::Filter& filter);

  static std::string message(const seccomp::Filter& filter, const base::Json& state, pid_t pid);
};

}  // namespace bundle
