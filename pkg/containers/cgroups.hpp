#pragma once

#include "pkg/cgroup/delegation.hpp"
#include "pkg/cgroup/limits.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/containers/sandbox.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace containers {

// The cgroups of one sandbox's containers, below one of the pod's own. They can be had where a
// subtree is ours to write, or by asking systemd, which is done only for limits or a parent.
// Whoever asked for limits that cannot be had is warned once; nobody fails for want of a cgroup
// that nobody asked for.
class Cgroups {
 public:
  Cgroups(const Sandbox& sandbox, uid_t uid) : sandbox_(sandbox), uid_(uid) {}

  // May move this process into the scope of all containers: what is started from here on goes
  // there.
  void prepare(const std::vector<cgroup::Setting>& limits);
  // The path of the container's; "" without. Throws when limits that were asked for cannot be set.
  std::string make(const Container& container, const std::vector<cgroup::Setting>& limits);
  std::string path(const std::string& id) const;  // "" without
  // Nothing of the container runs any more. True when it ran out of memory.
  bool remove(const std::string& id);

 private:
  void make_pods();
  std::string name() const;
  std::vector<std::string> counted() const;
  std::vector<std::string> asked_of(const std::vector<cgroup::Setting>& limits) const;
  void warn_of_unmet(const std::string& whose, const std::vector<std::string>& unmet) const;

  const Sandbox& sandbox_;
  uid_t uid_;
  std::optional<cgroup::Delegation> delegation_;
  bool has_limits_ = false;                   // some container of the sandbox, or the pod
  bool has_told_of_pod_ = false;              // which of its limits are not applied
  std::map<std::string, std::string> paths_;  // by container
};

}  // namespace containers
