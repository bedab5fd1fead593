#pragma once

#include "pkg/oci/spec.hpp"
#include "pkg/sys/fd.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cgroup {

// Where this user may make cgroups of version 2: a delegated subtree that we can reach from the
// cgroup we are in. Nothing when there is none; `reason` then says why, for `pod info` and for the
// one line when limits were asked for.
struct Delegation {
  std::string path;  // "/sys/fs/cgroup/user.slice/..."; "" when there is none
  std::string reason;
  std::vector<std::string> controllers;  // that can be enabled below it
};
Delegation find_delegation();

// A cgroup of ours. Killed (cgroup.kill) and removed with remove().
class Cgroup {
 public:
  // Makes `parent`/`name` (several components allowed) and sets the limits. Limits whose controller
  // is missing are left out, and named in `unmet` as the user asked for them ("memory limit").
  static Cgroup make(const Delegation& delegation, const std::string& name,
                     const oci::Resources& limits, std::vector<std::string>& unmet);

  const std::string& path() const { return path_; }
  const sys::Fd& directory() const { return directory_; }  // for clone3(2), CLONE_INTO_CGROUP

 private:
  Cgroup(std::string path, sys::Fd directory);

  std::string path_;
  sys::Fd directory_;
};

void remove(const std::string& path);          // kills what is left in it, then rmdir
bool was_oom_killed(const std::string& path);  // memory.events, oom_kill
void move_process(const std::string& path, pid_t pid);

}  // namespace cgroup
