#pragma once

#include "pkg/cgroup/delegation.hpp"
#include "pkg/cgroup/limits.hpp"

#include <string>
#include <vector>

namespace cgroup {

struct Made {
  std::string path;
  std::vector<std::string> unmet;  // what could not be set, as it was asked for ("memory limit")
};

// Makes `name` (several components allowed) in the delegation and sets the limits. `counted` are
// controllers that it has in any case, as far as they can be had. Throws base::Error for a value
// that the kernel does not take.
Made make(const Delegation& delegation, const std::string& name,
          const std::vector<Setting>& settings, const std::vector<std::string>& counted = {});

// Sets the limits of one that is there, and says what could not be set. Throws as `make`.
std::vector<std::string> change(const std::string& path, const std::vector<Setting>& settings);

// Kills what is left in a cgroup of ours and removes it, with the one above it if that was made
// with it and is empty now. Fine when it is gone.
void remove(const std::string& path);

// Halts all that is in it, exec'd processes too, until `thaw`; returns when the last one stands.
// Throws base::Error, thawed again, when one does not within two seconds. See the kernel's
// admin-guide/cgroup-v2.rst, cgroup.freeze.
void freeze(const std::string& path);
void thaw(const std::string& path);

bool was_oom_killed(const std::string& path);  // memory.events, oom_kill

}  // namespace cgroup
