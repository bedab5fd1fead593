#pragma once

#include "pkg/oci/spec.hpp"

#include <string>

namespace bundle {

// What can be said against a configuration before anything is made: namespaces that contradict each
// other or what needs them, destinations that are no paths, settings that would be the host's.
// Throws base::Error naming the member.
void check(const oci::Spec& spec);
void check_process(const oci::Process& process);

}  // namespace bundle
