#pragma once

#include "pkg/base/error.hpp"

#include <string>

namespace userns {

// What a kernel's "no" means on this host, and what helps against it, as far as can be found out:
// " (set by kernel.unprivileged_userns_clone: sudo sysctl -w ...)". "" when nothing is known.
std::string hint_for(int error_number);

// The step, what errno says, and the hint.
base::SysError refusal(const std::string& step, int error_number);

}  // namespace userns
