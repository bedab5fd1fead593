#pragma once

#include "pkg/sys/fd.hpp"

namespace runtime {

struct Terminal {
  sys::Fd master;
  sys::Fd slave;
  int number = 0;  // its name in the devpts file system
};

// A new terminal of this devpts mount, which may be detached still.
Terminal open_terminal(int devpts);

// The same in a running container, whose files are not to be trusted. Throws base::Error when there
// is no devpts at /dev/pts.
Terminal open_terminal_in(const sys::Fd& root);

}  // namespace runtime
