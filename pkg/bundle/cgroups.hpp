#pragma once

#include "pkg/oci/spec.hpp"

#include <string>

#include <sys/types.h>

namespace bundle {

// Who makes cgroups: we, systemd, or nobody.
enum class Cgroups { Files, Systemd, None };
Cgroups parse_cgroups(const std::string& word);  // "cgroupfs", "systemd", "disabled"

// Makes the container's cgroup at linux.cgroupsPath (or where we like) with linux.resources, and
// returns its path; "" where this user can have none and nobody asked for a limit. With systemd
// moves this process into the scope that it makes. Throws base::Error for limits that cannot be
// had.
std::string make_cgroup(const oci::Spec& spec, const std::string& id, Cgroups how);

// Our user as the host counts, when we are in a user namespace.
uid_t outer_user();

}  // namespace bundle
