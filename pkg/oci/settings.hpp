#pragma once

#include <string>

namespace oci {

// Both spellings of sysctl(8), with points or with slashes between the parts, as the one with
// points.
std::string setting_with_points(std::string name);

// The type of the namespace that a kernel's setting belongs to: "network", "ipc", "uts"; "" when
// the kernel has it once for all.
std::string namespace_of_setting(const std::string& name);

}  // namespace oci
