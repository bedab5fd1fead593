#pragma once

#include "pkg/runtime/inside/enter.hpp"
#include "pkg/sys/fd.hpp"

namespace runtime {

struct Started {
  pid_t pid = 0;  // our child
  sys::Fd process;
};

// Clones the process that walks start.plan, below the namespaces of start.joins. Throws
// base::Error.
Started start_process(inside::Start& start);

}  // namespace runtime
