#include "pkg/containers/amend.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/cgroup/cgroup.hpp"
#include "pkg/containers/health.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/containers/spec.hpp"
#include "pkg/containers/supervise.hpp"
#include "pkg/events/log.hpp"

namespace containers {
namespace {

void check(const Options& options) {
  if (!options.has_cgroup && !options.resources.empty()) {
    throw base::Error("--cgroups=disabled: there are no limits without a cgroup");
  }
  const bool restarts_always = options.restart.when == RestartPolicy::When::Always ||
                               options.restart.when == RestartPolicy::When::UnlessStopped;
  if (options.remove && restarts_always) {
    throw base::Error("--rm and --restart " + options.restart.text() +
                      ": a container that is always restarted is never removed");
  }
}

void change_env(std::vector<std::string>& env, const Changes& changes) {
  env.insert(env.end(), changes.env.begin(), changes.env.end());
  env = merged(env);
  for (const std::string& name : changes.unset_env)
    std::erase_if(env, [&](const std::string& entry) { return entry.starts_with(name + "="); });
}

void tell_monitor(const home::Home& home, const Container& container) try {
  ask(sandbox_of(home, container), base::Json::object({{"do", "update"}, {"id", container.id}}));
} catch (const base::Error&) {
  if (state_of(home, container).is_running()) throw;  // else it has no monitor that could mind
}

// What the kernel does not take is not kept either.
void set_limits(const home::Home& home, const Container& container) {
  const State state = state_of(home, container);
  if (!state.is_running()) return;
  const std::vector<cgroup::Setting> limits = cgroup::settings_of(container.options.resources);
  const std::vector<std::string> unmet =
      state.cgroup.empty() ? cgroup::asked_in(limits) : cgroup::change(state.cgroup, limits);
  if (unmet.empty()) return;
  base::log::warn("container {}: {} kept for its next start, not applied now: {}", container.name,
                  base::join(unmet, ", "),
                  state.cgroup.empty() ? "it runs without a cgroup of its own"
                                       : state.cgroup + " lacks the controller");
}

}  // namespace

void merge(oci::Resources& resources, const oci::Resources& changes) {
  const auto take = [](auto& into, const auto& from) {
    if (from) into = from;
  };
  take(resources.memory_limit, changes.memory_limit);
  take(resources.memory_swap, changes.memory_swap);
  take(resources.memory_reservation, changes.memory_reservation);
  take(resources.cpu_shares, changes.cpu_shares);
  take(resources.cpu_quota, changes.cpu_quota);
  take(resources.cpu_period, changes.cpu_period);
  take(resources.pids_limit, changes.pids_limit);
  if (!changes.cpuset_cpus.empty()) resources.cpuset_cpus = changes.cpuset_cpus;
  if (!changes.cpuset_mems.empty()) resources.cpuset_mems = changes.cpuset_mems;
  take(resources.io_weight, changes.io_weight);
  if (!changes.io_device_weights.empty()) resources.io_device_weights = changes.io_device_weights;
  if (!changes.io_rates.empty()) resources.io_rates = changes.io_rates;
  for (const auto& [file, value] : changes.unified)
    resources.unified[file] = value;
}

void rename(const home::Home& home, const Container& container, const std::string& name) {
  Amendment amendment(home, container.id);
  const std::string target = "../containers/" + container.id;
  const std::string former = amendment.container().name;
  if (name == former) return;
  claim_name(home, name, target);
  try {
    amendment.container().name = name;
    amendment.container().options.name = name;
    amendment.publish();
  } catch (const base::Error&) {
    release_name(home, name, target);
    throw;
  }
  release_name(home, former, target);
  tell_monitor(home, amendment.container());
  events::note(home, "rename", subject_of(amendment.container()));
}

Container update(const home::Home& home, const Container& container, const Changes& changes) {
  Amendment amendment(home, container.id);
  Container& changed = amendment.container();
  merge(changed.options.resources, changes.resources);
  if (changes.restart) changed.options.restart = *changes.restart;
  if (changes.health) {
    changed.options.health = *changes.health;
    complete_health(changed.options.health, nullptr);
  }
  check(changed.options);
  set_limits(home, changed);
  oci::Spec spec = load_spec(home, changed);
  spec.resources = changed.options.resources;
  for (std::vector<std::string>* env : {&changed.options.env, &spec.process.env})
    change_env(*env, changes);
  save_spec(home, changed, spec);
  amendment.publish();
  tell_monitor(home, changed);
  events::note(home, "update", subject_of(changed));
  return changed;
}

}  // namespace containers
