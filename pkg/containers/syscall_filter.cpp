#include "pkg/containers/syscall_filter.hpp"

#include "pkg/sys/caps.hpp"

namespace containers {

seccomp::Program syscall_filter(const home::Home& home, const oci::Spec& spec) {
  const sys::CapabilitySet capabilities = sys::capability_set(spec.process.capabilities);
  if (spec.seccomp == "unconfined") return {};
  if (spec.seccomp.empty()) return seccomp::default_program(home, capabilities);
  return seccomp::compile_profile(home, spec.seccomp, capabilities);
}

}  // namespace containers
