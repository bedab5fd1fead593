// Members of the specification that we do not honour. Who writes one of them wants something; to
// start the container without it would be to hide that it is missing.
#include "pkg/base/text.hpp"
#include "pkg/oci/members.hpp"

#include <span>

namespace oci {
namespace {

using base::Json;

struct Refusal {
  const char* place;
  const char* reason;
};

constexpr const char* kNoSelinux = "SELinux labels are not supported";
constexpr const char* kOtherSystem = "for another system than Linux";

constexpr Refusal kProcess[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {"commandLine", kOtherSystem},
    {"user.username", kOtherSystem},
    {"selinuxLabel", kNoSelinux},
};

constexpr Refusal kConfig[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {"solaris", kOtherSystem},
    {"windows", kOtherSystem},
    {"zos", kOtherSystem},
    {"vm", "virtual machines are not supported"},
    {"linux.mountLabel", kNoSelinux},
    {"linux.intelRdt", "resource director technology is not supported"},
    {"linux.netDevices", "moving network devices is not supported"},
    {"linux.memoryPolicy", "memory policies are not supported"},
};

constexpr const char* kVersion1 = "cgroups of version 2 have no such limit";

constexpr Refusal kResources[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {"memory.kernel", kVersion1},       {"memory.kernelTCP", kVersion1},
    {"memory.swappiness", kVersion1},   {"memory.disableOOMKiller", kVersion1},
    {"cpu.realtimeRuntime", kVersion1}, {"cpu.realtimePeriod", kVersion1},
    {"blockIO.leafWeight", kVersion1},  {"network.classID", kVersion1},
    {"network.priorities", kVersion1},
};

// "", [], false, 0 and null ask for nothing; an empty object of another system still names it.
bool says_something(const Json& value) {
  if (value.is_null()) return false;
  if (value.is_string()) return !value.as_string().empty();
  if (value.is_array()) return !value.as_array().empty();
  if (value.is_bool()) return value.as_bool();
  if (value.is_integer()) return value.as_integer() > 0;
  return true;
}

void refuse(const Json& document, std::span<const Refusal> refusals) {
  for (const Refusal& refusal : refusals) {
    const Json* at = &document;
    for (const std::string& name : base::split(refusal.place, '.'))
      at = &member(*at, name.c_str());
    if (says_something(*at)) throw base::Error(std::string(refusal.place) + ": " + refusal.reason);
  }
}

}  // namespace

void refuse_process(const Json& process) {
  refuse(process, kProcess);
}

void refuse_config(const Json& config) {
  refuse(config, kConfig);
}

void refuse_resources(const Json& resources) {
  refuse(resources, kResources);
  const Json& hierarchy = member(member(resources, "memory"), "useHierarchy");
  if (!hierarchy.is_null() && !hierarchy.as_bool()) {
    throw base::Error("memory.useHierarchy: cgroups of version 2 always do");
  }
}

}  // namespace oci
