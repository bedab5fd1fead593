#pragma once

#include "pkg/cgroup/delegation.hpp"

#include <string>

#include <sys/types.h>

namespace cgroup {

// The scope that all containers of a user share (in a slice of systemd's, or "" for where systemd
// puts it), with this process in its leaf `kLeaf`. Throws base::Error that says why it cannot be
// had.
Delegation share_scope(uid_t uid, const std::string& slice);

// Where it is when systemd has not been told otherwise:
// "/user.slice/.../mine.slice/pod-mine.scope".
std::string usual_place(uid_t uid, const std::string& slice);

}  // namespace cgroup
