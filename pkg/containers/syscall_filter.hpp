#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/spec.hpp"
#include "pkg/seccomp/compile.hpp"

namespace containers {

// The filter of a container's processes: the default one for its capabilities, that of the profile
// it names, or none. Throws base::Error when the profile is none.
seccomp::Program syscall_filter(const home::Home& home, const oci::Spec& spec);

}  // namespace containers
