#pragma once

#include "pkg/sys/fd.hpp"

#include <optional>
#include <string>

#include <sys/types.h>

namespace bundle {

// Whoever shall have the master side of the terminal. Throws base::Error when nobody listens there,
// or `path` is "".
sys::Fd connect_console(const std::string& path);
void send_console(const sys::Fd& socket, const sys::Fd& terminal);

// Waits for a process of ours to end and returns its exit status. Meanwhile passes our signals on
// to it, and, when it has a terminal, bytes between that and our own streams.
int attend(pid_t pid, const sys::Fd& terminal);

// Shows what was written to a terminal by those who have ended.
void hear_out(const sys::Fd& terminal);

}  // namespace bundle
