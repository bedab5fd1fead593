#pragma once

#include "pkg/sys/fd.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include <sys/types.h>

namespace sys {

// A process named so that a later one with the same number is not taken for it.
struct ProcessName {
  pid_t pid = 0;
  std::uint64_t start_time = 0;  // clock ticks since boot, proc_pid_stat(5) field 22

  friend bool operator==(const ProcessName&, const ProcessName&) = default;
};

// Nothing when there is no such process, or only its zombie.
std::optional<ProcessName> find_process(pid_t pid);
bool is_alive(const ProcessName& process);

// A descriptor that names the process for good; nothing when it is gone. See pidfd_open(2).
std::optional<Fd> open_process(const ProcessName& process);
// Of our own child that we have not waited for.
Fd open_child(pid_t pid);

// False when the process is gone. Throws base::SysError.
bool send_signal(const Fd& process, int signal);

// Opens /dev/null for what our caller left closed of standard input, output and error: the next
// file opened would be taken for it. Throws base::SysError.
void open_standard_streams();

// What ps(1) and top(1) show of us, in place of the command line that we were started with: that is
// the user's, and may hold what a container is not to see.
void set_title(const char* title);

// From now on no core file is made of us, nor can others of the same user look into our memory:
// it holds secrets. What belongs to us in /proc becomes root's, so not before others have to write
// there (newuidmap). See prctl(2), PR_SET_DUMPABLE.
void forbid_core_files();

// Waits up to `timeout_ms` (-1: for ever) for the process to end; false when it still runs.
bool wait_for_end(const Fd& process, int timeout_ms);

}  // namespace sys
