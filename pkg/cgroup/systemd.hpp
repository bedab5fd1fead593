#pragma once

#include <string>

#include <sys/types.h>

namespace cgroup {

// The socket of the systemd that looks after this user's processes (systemctl --user talks to the
// same); "" when there is none.
std::string systemd_socket(uid_t uid);

// Has systemd make a scope with a delegated cgroup and move this process into it; returns when that
// has happened. The scope goes with its last process. Throws base::Error that says why not.
// `slice` is where ("" where systemd puts it).
void move_into_scope(uid_t uid, const std::string& unit, const std::string& slice = "");

// Has systemd move this process into a cgroup ("/name") of a unit that is delegated.
void attach_to_unit(uid_t uid, const std::string& unit, const std::string& subgroup);

}  // namespace cgroup
