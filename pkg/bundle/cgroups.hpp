#pragma once

#include "pkg/oci/spec.hpp"

#include <string>

#include <sys/types.h>

namespace bundle {

// Who makes cgroups: we, systemd, or nobody.
enum class Cgroups { Files, Systemd, None };
Cgroups parse_cgroups(const std::string& word);  // "cgroupfs", "systemd", "disabled"

struct MadeCgroup {
  std::string path;  // "" for none
  std::string top;   // the uppermost that was made for it
};

// Makes the container's cgroup at linux.cgroupsPath (or where we like) with linux.resources, and
// returns its path; "" where this user can have none and nobody asked for a limit. With systemd
// moves this process into the scope that it makes. Throws base::Error for limits that cannot be
// had.
MadeCgroup make_cgroup(const oci::Spec& spec, const std::string& id, Cgroups how);

// Kills what is left in it and takes it away, with what was made above it unless others use that.
void remove_cgroup(const MadeCgroup& made);

// Our user as the host counts, when we are in a user namespace.
uid_t outer_user();

}  // namespace bundle
