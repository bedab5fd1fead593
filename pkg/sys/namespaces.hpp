#pragma once

#include "pkg/sys/fd.hpp"

#include <optional>
#include <string>

#include <sched.h>
#include <sys/types.h>

namespace sys {

// A namespace of a process: kind is user, mnt, pid, net, ipc, uts, cgroup or time. Throws
// base::SysError.
Fd open_namespace(pid_t pid, const std::string& kind);
// Nothing when the process is gone.
std::optional<Fd> find_namespace(pid_t pid, const std::string& kind);
// "net:[4026531840]": equal texts are the same namespace.
std::string namespace_identity(const Fd& ns, const std::string& kind);

// In our UTS namespace.
std::string hostname();

void unshare(int flags);
// `ns` is a namespace, or a pidfd with several CLONE_NEW* flags.
void enter_namespace(const Fd& ns, int flags);

}  // namespace sys
