#pragma once

#include "pkg/home/home.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/userns/mapping.hpp"

#include <optional>

namespace userns {

// The user namespace that some running process of this user holds, when it has this mapping. Files
// of holders that have gone are removed on the way.
std::optional<sys::Fd> find_held_namespace(const home::Home& home, const Mapping& mapping);

}  // namespace userns
