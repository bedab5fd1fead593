#pragma once

#include "pkg/runtime/inside/enter.hpp"
#include "pkg/sys/fd.hpp"

#include <string>

namespace runtime {

struct Started {
  pid_t pid = 0;  // our child
  sys::Fd process;
};

// Clones the process that walks start.plan, below the namespaces of start.joins. Throws
// base::Error.
Started start_process(inside::Start& start);

// The same in a cgroup ("" for none). Where that is refused the process runs outside of it, unless
// it must not.
Started start_in_cgroup(inside::Start& start, const std::string& path, bool is_must);

}  // namespace runtime
