#include "pkg/containers/cgroups.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/cgroup/cgroup.hpp"

#include <fmt/core.h>

#include <unistd.h>

namespace containers {
namespace {

bool is_slice(const std::string& parent) {
  return parent.ends_with(".slice") && parent.find('/') == std::string::npos;
}

}  // namespace

void Cgroups::prepare(const std::vector<cgroup::Setting>& limits) {
  const std::string& parent = sandbox_.cgroup_parent;
  const bool is_place = sandbox_.splits_cgroup || parent.starts_with('/');
  if (!delegation_) {
    delegation_ = sandbox_.splits_cgroup ? cgroup::split_own()
                  : is_place             ? cgroup::delegation_at(parent)
                                         : cgroup::find_delegation();
  }
  std::vector<cgroup::Setting> all = cgroup::settings_of(sandbox_.resources);
  all.insert(all.end(), limits.begin(), limits.end());
  has_limits_ = has_limits_ || !all.empty();
  if (is_place || (all.empty() && parent.empty())) return;
  const std::string slice = is_slice(parent) ? parent : "";
  delegation_ = cgroup::delegation_for(all, *delegation_, uid_, slice);
}

// With our number: what a killed monitor left is nobody else's.
std::string Cgroups::name() const {
  const std::string& parent = sandbox_.cgroup_parent;
  const bool is_folder = !parent.empty() && !parent.starts_with('/') && !is_slice(parent);
  return fmt::format("{}pod-{}-{}", is_folder ? parent + "/" : "", sandbox_.id, ::getpid());
}

// Where there are limits, all that can be counted is: whose end was for want of memory, too.
std::vector<std::string> Cgroups::counted() const {
  if (!has_limits_) return {};
  return {"cpu", "memory", "pids"};
}

// In the user's words.
std::vector<std::string> Cgroups::asked_of(const std::vector<cgroup::Setting>& limits) const {
  std::vector<std::string> asked = cgroup::asked_in(limits);
  if (sandbox_.splits_cgroup) asked.emplace_back("split of the cgroup");
  if (!sandbox_.cgroup_parent.empty()) asked.push_back("parent " + sandbox_.cgroup_parent);
  return asked;
}

void Cgroups::warn_of_unmet(const std::string& whose, const std::vector<std::string>& unmet) const {
  if (unmet.empty()) return;
  base::log::warn("{}: {} not applied: {}", whose, base::join(unmet, ", "), delegation_->reason);
}

// Of all its containers together; goes with the last of theirs.
void Cgroups::make_pods() {
  const std::vector<cgroup::Setting> limits = cgroup::settings_of(sandbox_.resources);
  std::vector<std::string> unmet = cgroup::asked_in(limits);
  if (!delegation_->path.empty())
    unmet = cgroup::make(*delegation_, name(), limits, counted()).unmet;
  if (!has_told_of_pod_) warn_of_unmet("pod " + base::short_id(sandbox_.id), unmet);
  has_told_of_pod_ = true;
}

std::string Cgroups::make(const Container& container, const std::vector<cgroup::Setting>& limits) {
  if (!container.options.has_cgroup) return "";
  try {
    if (sandbox_.is_pod && paths_.empty()) make_pods();
    cgroup::Made made{"", asked_of(limits)};
    if (!delegation_->path.empty()) {
      const std::string below = sandbox_.is_pod ? "/" + container.id : "";
      made = cgroup::make(*delegation_, name() + below, limits, counted());
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
