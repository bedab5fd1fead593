#pragma once

#include "pkg/runtime/planner.hpp"

namespace runtime {

// What only a literal spec asks for: somebody else's config.json has it, and `pod run` never does.
// Throw base::Error naming the member.
void plan_literal_process(const oci::Process& process, Planned& planned);
void plan_literal_container(const LaunchRequest& request, Planned& planned);
void plan_personality(const std::optional<oci::Personality>& wanted, Planned& planned);
void plan_outside(const Outside& outside, Planned& planned);

// Just these limits, whoever we are; the kernel says whether that can be.
void plan_literal_limits(const oci::Process& process, Planned& planned);
// Just these sets, but for what this kernel or this process has not: that is warned of, as
// config.md
// ("Linux Process") has it.
CapabilityPlan plan_literal_capabilities(const oci::CapabilitySets& sets);

// Processors of a list such as "0-3,8". Throws base::Error.
ProcessorSet parse_processors(const std::string& list);

int limit_number(const std::string& type);

}  // namespace runtime
