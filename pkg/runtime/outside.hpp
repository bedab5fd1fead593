#pragma once

#include <string>

namespace runtime {

// What a new process gets from those outside beyond its streams, and meets on its way; -1 for none.
struct Outside {
  int gate = -1;                // read before the exec, in place of Launched::gate
  int report = -1;              // written to, in place of Launched::report, also when it is ready
  int hooks_gate = -1;          // read when all is mounted
  int state = -1;               // what hooks get as their input
  int listener = -1;            // a socket for the filter's listener ...
  int greeting = -1;            // ... and the message that goes with it
  unsigned filter_flags = 0;    // SECCOMP_FILTER_FLAG_*
  unsigned kept_files = 0;      // so many from 3 on are the program's
  bool plain_lines = false;     // of a terminal's output
  bool keeps_old_root = false;  // no pivot_root(2), which a root on the first ramdisk refuses
  std::string keyring;          // name of a new session keyring; "" for none
};

}  // namespace runtime
