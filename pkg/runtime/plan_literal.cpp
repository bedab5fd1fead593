#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/literal.hpp"
#include "pkg/sys/caps.hpp"

#include <climits>
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include <linux/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>

namespace runtime {
namespace {

struct Word {
  std::string_view word;
  unsigned value;
};

// See sched(7) and sched_setattr(2).
constexpr std::array kPolicies = {
    Word{"SCHED_OTHER", 0}, Word{"SCHED_FIFO", 1}, Word{"SCHED_RR", 2},      Word{"SCHED_BATCH", 3},
    Word{"SCHED_ISO", 4},   Word{"SCHED_IDLE", 5}, Word{"SCHED_DEADLINE", 6}};
constexpr std::array kScheduleFlags = {
    Word{"SCHED_FLAG_RESET_ON_FORK", 1U},    Word{"SCHED_FLAG_RECLAIM", 2U},
    Word{"SCHED_FLAG_DL_OVERRUN", 4U},       Word{"SCHED_FLAG_KEEP_POLICY", 8U},
    Word{"SCHED_FLAG_KEEP_PARAMS", 0x10U},   Word{"SCHED_FLAG_UTIL_CLAMP_MIN", 0x20U},
    Word{"SCHED_FLAG_UTIL_CLAMP_MAX", 0x40U}};
// See ioprio_set(2).
constexpr std::array kIoClasses = {Word{"IOPRIO_CLASS_RT", 1}, Word{"IOPRIO_CLASS_BE", 2},
                                   Word{"IOPRIO_CLASS_IDLE", 3}};
constexpr unsigned kIoClassShift = 13;

template <typename Words>
unsigned value_of(const Words& words, const std::string& text, const char* member) {
  const auto* found =
      std::find_if(words.begin(), words.end(), [&](const Word& word) { return word.word == text; });
  if (found == words.end()) throw base::Error(fmt::format("{}: {}: unknown", member, text));
  return found->value;
}

SchedulePlan plan_schedule(const oci::Scheduler& scheduler) {
  SchedulePlan plan;
  plan.size = sizeof plan;
  plan.policy = value_of(kPolicies, scheduler.policy, "process: scheduler: policy");
  for (const std::string& flag : scheduler.flags)
    plan.flags |= value_of(kScheduleFlags, flag, "process: scheduler: flags");
  plan.nice = scheduler.nice;
  plan.priority = static_cast<std::uint32_t>(scheduler.priority);
  plan.runtime = scheduler.runtime;
  plan.deadline = scheduler.deadline;
  plan.period = scheduler.period;
  return plan;
}

int plan_io_priority(const oci::IoPriority& wanted) {
  if (wanted.priority < 0 || wanted.priority > 7) {
    throw base::Error(
        fmt::format("process: ioPriority: priority {}: expected 0 to 7", wanted.priority));
  }
  const unsigned kind = value_of(kIoClasses, wanted.kind, "process: ioPriority: class");
  return static_cast<int>(kind << kIoClassShift | static_cast<unsigned>(wanted.priority));
}

// Known words that this process has; the others are warned of.
sys::CapabilitySet known_set(const std::vector<std::string>& names, const char* which) {
  sys::CapabilitySet set = 0;
  for (const std::string& name : names) {
    try {
      const int number = sys::capability_number(name);
      if (::prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1) {
        set |= sys::CapabilitySet{1} << static_cast<unsigned>(number);
      } else {
        base::log::warn("capabilities: {}: {}: not one that we have to give", which, name);
      }
    } catch (const base::Error& error) {
      base::log::warn("capabilities: {}: {}", which, error.what());
    }
  }
  return set;
}

// A kernel's rule between the sets.
sys::CapabilitySet within(sys::CapabilitySet set, sys::CapabilitySet other, const char* words) {
  if ((set & ~other) != 0) {
    base::log::warn("capabilities: {}: {}", words,
                    base::join(sys::capability_names(set & ~other), ", "));
  }
  return set & other;
}

// A hook that names no environment has the process's.
std::vector<HookPlan>& plan_hooks(const std::vector<oci::Hook>& hooks, Planned& planned,
                                  std::vector<HookPlan>& out) {
  for (const oci::Hook& hook : hooks) {
    HookPlan plan;
    plan.path = planned.keep(hook.path);
    plan.argv = keep_list(hook.args.empty() ? std::vector{hook.path} : hook.args, planned);
    plan.envp = hook.env ? keep_list(*hook.env, planned) : planned.envp.data();
    if (hook.timeout) {
      plan.timeout_ms =
          static_cast<int>(std::min<std::int64_t>(*hook.timeout, INT_MAX / 1000) * 1000);
    }
    out.push_back(plan);
  }
  return out;
}

long personality_of(const oci::Personality& wanted) {  // NOLINT(google-runtime-int)
  if (!wanted.flags.empty()) {
    throw base::Error("linux: personality: flags: " + wanted.flags.front() + ": not supported");
  }
  constexpr std::array kDomains = {Word{"LINUX", PER_LINUX}, Word{"LINUX32", PER_LINUX32}};
  return value_of(kDomains, wanted.domain, "linux: personality: domain");
}

}  // namespace

ProcessorSet parse_processors(const std::string& list) {
  ProcessorSet set;
  const auto fail = [&] { throw base::Error("processors " + list + ": not a list such as 0-3,8"); };
  for (const std::string& part : base::split(list, ',')) {
    const auto [from, to] = base::split_once(std::string(base::trim(part)), '-');
    const auto first = base::parse_integer(from);
    const auto last = to ? base::parse_integer(*to) : first;
    const auto most = static_cast<std::int64_t>(ProcessorSet::kWords * 64);
    if (!first || !last || *first < 0 || *last < *first || *last >= most) fail();
    for (auto number = static_cast<std::size_t>(*first); number <= static_cast<std::size_t>(*last);
         ++number) {
      set.bits[number / 64] |= std::uint64_t{1} << number % 64;  // NOLINT
    }
  }
  set.size = sizeof set.bits;
  return set;
}

void plan_literal_limits(const oci::Process& process, Planned& planned) {
  std::vector<std::string> seen;
  for (const oci::Rlimit& limit : process.rlimits) {
    if (std::count(seen.begin(), seen.end(), limit.type) > 0) {
      throw base::Error("process: rlimits: " + limit.type + ": stands twice");
    }
    if (!limit.type.starts_with("RLIMIT_")) {
      throw base::Error("process: rlimits: " + limit.type + ": unknown");
    }
    seen.push_back(limit.type);
    planned.limits.push_back(
        {planned.keep(limit.type), limit_number(limit.type), {limit.soft, limit.hard}});
  }
}

CapabilityPlan plan_literal_capabilities(const oci::CapabilitySets& sets) {
  CapabilityPlan plan;
  plan.bounding = known_set(sets.bounding, "bounding");
  plan.permitted = known_set(sets.permitted, "permitted");
  plan.effective = within(known_set(sets.effective, "effective"), plan.permitted,
                          "effective, but not permitted");
  plan.inheritable = known_set(sets.inheritable, "inheritable");
  plan.ambient = within(known_set(sets.ambient, "ambient"), plan.permitted & plan.inheritable,
                        "ambient, but not permitted and inheritable");
  return plan;
}

void plan_literal_process(const oci::Process& process, Planned& planned) {
  Plan& plan = planned.plan;
  plan.needs_oom_score = true;
  plan.looks_first = true;
  if (process.scheduler) plan.schedule = plan_schedule(*process.scheduler);
  if (process.io_priority) plan.io_priority = plan_io_priority(*process.io_priority);
  if (!process.apparmor_profile.empty()) {
    plan.apparmor = planned.keep("exec " + process.apparmor_profile);
  }
}

void plan_personality(const std::optional<oci::Personality>& wanted, Planned& planned) {
  if (wanted) planned.plan.personality = personality_of(*wanted);
}

void plan_outside(const Outside& outside, Planned& planned) {
  Plan& plan = planned.plan;
  plan.state = outside.state;
  plan.hooks_gate = outside.hooks_gate;
  plan.kept_files = outside.kept_files;
  plan.filter_flags = outside.filter_flags;
  plan.says_when_ready = outside.report >= 0;
  if (!outside.keyring.empty()) plan.keyring = planned.keep(outside.keyring);
  if (outside.listener < 0) return;
  constexpr std::size_t kRoom = std::size_t{64} << 10U;
  plan.listener.socket = outside.listener;
  plan.listener.file = outside.greeting;
  plan.listener.text = planned.texts.emplace_back(kRoom, '\0').data();
  plan.listener.size = kRoom;
}

void plan_literal_container(const LaunchRequest& request, Planned& planned) {
  Plan& plan = planned.plan;
  const oci::Spec& spec = request.spec;
  plan.dies_with_parent = false;
  plan.mounts_in_turn = true;
  plan.has_peers = spec.find_namespace("user") == nullptr;
  plan.keeps_old_root = request.outside.keeps_old_root;
  if (!spec.hostname.empty()) plan.hostname = planned.keep(spec.hostname);
  if (!spec.domainname.empty()) plan.domainname = planned.keep(spec.domainname);
  std::vector<MountParameter>& sysctl = planned.parameters.emplace_back();
  for (const auto& [name, value] : spec.sysctl)
    sysctl.push_back({planned.keep(sysctl_path(name)), planned.keep(value)});
  plan.sysctl = {sysctl.data(), sysctl.size()};
  plan_personality(spec.personality, planned);
  const auto& create = plan_hooks(spec.hooks.create_container, planned, planned.create_hooks);
  plan.create_hooks = {create.data(), create.size()};
  const auto& start = plan_hooks(spec.hooks.start_container, planned, planned.start_hooks);
  plan.start_hooks = {start.data(), start.size()};
  plan_outside(request.outside, planned);
}

}  // namespace runtime
