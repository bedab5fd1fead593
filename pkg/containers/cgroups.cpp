#include "pkg/containers/cgroups.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/cgroup/cgroup.hpp"

#include <fmt/core.h>

#include <unistd.h>

namespace containers {

void Cgroups::prepare(const std::vector<cgroup::Setting>& limits) {
  if (!delegation_) delegation_ = cgroup::find_delegation();
  std::vector<cgroup::Setting> all = cgroup::settings_of(sandbox_.resources);
  all.insert(all.end(), limits.begin(), limits.end());
  if (all.empty()) return;
  const std::string unit = fmt::format("pod-{}-{}.scope", sandbox_.id.substr(0, 12), ::getpid());
  delegation_ = cgroup::delegation_for(all, *delegation_, uid_, unit);
}

// With our number: what a killed monitor left is nobody else's.
std::string Cgroups::name() const {
  return fmt::format("pod-{}-{}", sandbox_.id, ::getpid());
}

void Cgroups::warn_of_unmet(const std::string& whose, const std::vector<std::string>& unmet) const {
  if (unmet.empty()) return;
  base::log::warn("{}: {} not applied: {}", whose, base::join(unmet, ", "), delegation_->reason);
}

// Of all its containers together; goes with the last of theirs.
void Cgroups::make_pods() {
  const std::vector<cgroup::Setting> limits = cgroup::settings_of(sandbox_.resources);
  std::vector<std::string> unmet = cgroup::asked_in(limits);
  if (!delegation_->path.empty()) unmet = cgroup::make(*delegation_, name(), limits).unmet;
  if (!has_told_of_pod_) warn_of_unmet("pod " + base::short_id(sandbox_.id), unmet);
  has_told_of_pod_ = true;
}

std::string Cgroups::make(const Container& container, const std::vector<cgroup::Setting>& limits) {
  if (!container.options.has_cgroup) return "";
  try {
    if (sandbox_.is_pod && paths_.empty()) make_pods();
    cgroup::Made made{"", cgroup::asked_in(limits)};
    if (!delegation_->path.empty()) {
      const std::string below = sandbox_.is_pod ? "/" + container.id : "";
      made = cgroup::make(*delegation_, name() + below, limits);
      paths_[container.id] = made.path;
    }
    warn_of_unmet("container " + container.name, made.unmet);
    return made.path;
  } catch (const base::Error& error) {
    if (!limits.empty() || !sandbox_.resources.empty()) throw;
    base::log::debug("container {}: no cgroup: {}", container.name, error.what());
    return "";
  }
}

std::string Cgroups::path(const std::string& id) const {
  const auto found = paths_.find(id);
  return found == paths_.end() ? "" : found->second;
}

bool Cgroups::remove(const std::string& id) {
  const std::string removed = path(id);
  if (removed.empty()) return false;
  paths_.erase(id);
  const bool is_oom = cgroup::was_oom_killed(removed);
  cgroup::remove(removed);
  return is_oom;
}

}  // namespace containers
