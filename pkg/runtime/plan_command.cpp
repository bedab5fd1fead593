#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/literal.hpp"
#include "pkg/runtime/planner.hpp"
#include "pkg/sys/caps.hpp"

#include <algorithm>
#include <array>

namespace runtime {
namespace {

constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct LimitName {
  std::string_view name;
  int resource;
};

constexpr std::array kLimitNames = {
    LimitName{"AS", RLIMIT_AS},
    LimitName{"CORE", RLIMIT_CORE},
    LimitName{"CPU", RLIMIT_CPU},
    LimitName{"DATA", RLIMIT_DATA},
    LimitName{"FSIZE", RLIMIT_FSIZE},
    LimitName{"LOCKS", RLIMIT_LOCKS},
    LimitName{"MEMLOCK", RLIMIT_MEMLOCK},
    LimitName{"MSGQUEUE", RLIMIT_MSGQUEUE},
    LimitName{"NICE", RLIMIT_NICE},
    LimitName{"NOFILE", RLIMIT_NOFILE},
    LimitName{"NPROC", RLIMIT_NPROC},
    LimitName{"RSS", RLIMIT_RSS},
    LimitName{"RTPRIO", RLIMIT_RTPRIO},
    LimitName{"RTTIME", RLIMIT_RTTIME},
    LimitName{"SIGPENDING", RLIMIT_SIGPENDING},
    LimitName{"STACK", RLIMIT_STACK},
};

// Nobody without privileges on the host can raise a hard limit: what is more than ours is ours.
LimitPlan plan_limit(const oci::Rlimit& wanted) {
  LimitPlan plan{"", limit_number(wanted.type), {}};
  // NOLINTNEXTLINE: glibc's own enumeration in C++.
  if (::getrlimit(static_cast<__rlimit_resource>(plan.resource), &plan.limit) != 0) {
    throw base::SysError("getrlimit " + wanted.type);
  }
  const rlim_t most = plan.limit.rlim_max;
  plan.limit = {std::min<rlim_t>(wanted.soft, most), std::min<rlim_t>(wanted.hard, most)};
  if (plan.limit.rlim_max < wanted.hard) {
    base::log::debug("limit {}: {} is more than the {} there are", wanted.type, wanted.hard, most);
  }
  return plan;
}

// Capabilities of somebody other than root are the ambient ones: exec would take the rest away.
CapabilityPlan plan_capabilities(const oci::Process& process, uid_t uid) {
  if (process.capability_sets) return plan_literal_capabilities(*process.capability_sets);
  CapabilityPlan plan;
  plan.bounding = sys::capability_set(process.capabilities);
  if (uid != 0) plan.ambient = sys::capability_set(process.ambient_capabilities) & plan.bounding;
  plan.effective = uid == 0 ? plan.bounding : plan.ambient;
  plan.permitted = plan.effective;
  plan.inheritable = plan.ambient;
  return plan;
}

std::string name_of(const std::string& variable) {
  return variable.substr(0, variable.find('='));
}

// Of variables of one name the last one counts, wherever a program looks first.
std::vector<std::string> without_repeats(const std::vector<std::string>& env) {
  std::vector<std::string> kept;
  for (const std::string& variable : env) {
    const std::string name = name_of(variable);
    std::erase_if(kept, [&](const std::string& other) { return name_of(other) == name; });
    kept.push_back(variable);
  }
  return kept;
}

// In somebody else's words a home that is empty is none, as with the peers.
bool has_home(const std::vector<std::string>& env, bool is_literal) {
  return std::any_of(env.begin(), env.end(), [&](const std::string& variable) {
    return variable.starts_with("HOME=") && !(is_literal && variable == "HOME=");
  });
}

const std::string* find_variable(const std::vector<std::string>& env, const std::string& name) {
  const std::string* found = nullptr;
  for (const std::string& variable : env) {
    if (variable.starts_with(name + "=")) found = &variable;
  }
  return found;
}

void plan_candidates(const oci::Process& process, Planned& planned) {
  const std::string& name = process.args.front();
  if (name.find('/') != std::string::npos) {
    planned.candidates.push_back(planned.keep(name));
    return;
  }
  const std::string* path = find_variable(process.env, "PATH");
  for (const std::string& directory :
       base::split(path != nullptr ? path->substr(5) : kDefaultPath, ':')) {
    planned.candidates.push_back(planned.keep((directory.empty() ? "." : directory) + "/" + name));
  }
}

std::vector<char*> pointers(const std::vector<std::string>& texts, Planned& planned) {
  std::vector<char*> out;
  out.reserve(texts.size() + 2);
  for (const std::string& text : texts)
    out.push_back(planned.texts.emplace_back(text).data());
  return out;
}

template <typename Item>
List<Item> list(const std::vector<Item>& items) {
  return {items.data(), items.size()};
}

void plan_identity(const oci::Process& process, const Identity& identity, Planned& planned) {
  Plan& plan = planned.plan;
  planned.groups = identity.groups;
  plan.groups = list(planned.groups);
  plan.keeps_groups = identity.keeps_groups;
  plan.needs_groups = identity.needs_groups;
  plan.uid = identity.uid;
  plan.gid = identity.gid;
  plan.umask = process.user.umask.value_or(022);
  plan.capabilities = plan_capabilities(process, identity.uid);
}

void plan_limits(const oci::Process& process, Planned& planned) {
  if (process.is_literal) {
    plan_literal_limits(process, planned);
    return;
  }
  for (const oci::Rlimit& limit : process.rlimits)
    planned.limits.push_back(plan_limit(limit));
}

}  // namespace

int limit_number(const std::string& type) {
  std::string name = base::upper(type);
  if (name.starts_with("RLIMIT_")) name.erase(0, 7);
  const auto* found = std::find_if(kLimitNames.begin(), kLimitNames.end(),
                                   [&](const LimitName& limit) { return limit.name == name; });
  if (found == kLimitNames.end()) throw base::Error("limit " + type + ": unknown");
  return found->resource;
}

char* const* keep_list(const std::vector<std::string>& texts, Planned& planned) {
  std::vector<char*>& list = planned.lists.emplace_back(pointers(texts, planned));
  list.push_back(nullptr);
  return list.data();
}

void plan_process(const oci::Process& process, const Identity& identity,
                  const seccomp::Program& filter, Planned& planned) {
  if (process.args.empty() || process.args.front().empty()) {
    throw base::Error("there is no command to run", 127);
  }
  Plan& plan = planned.plan;
  plan_identity(process, identity, planned);
  if (process.is_literal) plan_literal_process(process, planned);
  plan_limits(process, planned);
  plan.limits = list(planned.limits);
  if (process.oom_score_adj) {
    plan.oom_score_adj = planned.keep(std::to_string(*process.oom_score_adj));
  }
  plan.no_new_privileges = process.no_new_privileges;
  plan.filter = filter.data();
  plan.filter_size = filter.size();
  plan.directory = planned.keep(process.cwd.empty() ? "/" : process.cwd);
  plan_candidates(process, planned);
  plan.candidates = list(planned.candidates);
  planned.argv = pointers(process.args, planned);
  planned.argv.push_back(nullptr);
  plan.name = planned.argv.front();
  std::vector<std::string> env = without_repeats(process.env);
  if (!has_home(env, process.is_literal)) env.push_back("HOME=" + identity.home);
  planned.envp = pointers(without_repeats(env), planned);
  planned.envp.push_back(nullptr);
  plan.argv = planned.argv.data();
  plan.envp = planned.envp.data();
}

}  // namespace runtime
