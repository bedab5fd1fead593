#pragma once

#include "pkg/home/home.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/userns/mapping.hpp"

#include <optional>
#include <vector>

namespace userns {

// The user namespace that some running process of this user holds, when it has this mapping. Files
// of holders that have gone are removed on the way.
std::optional<sys::Fd> find_held_namespace(const home::Home& home, const Mapping& mapping);

// The processes that hold the session user namespace: the monitors.
std::vector<sys::ProcessName> holders(const home::Home& home);

}  // namespace userns
