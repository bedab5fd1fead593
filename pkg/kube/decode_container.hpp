#pragma once

#include "pkg/kube/node.hpp"
#include "pkg/kube/objects.hpp"
#include "pkg/kube/reader.hpp"

namespace kube {

// What all containers of the pod stand in.
struct Surroundings {
  const std::vector<Volume>& volumes;
  const SecurityContext& security;
};

Container decode_container(const Reader& reader, const Surroundings& surroundings, bool is_init);

// The part of securityContext that pod and container have in common.
void decode_identity(const Reader& reader, SecurityContext& security);

}  // namespace kube
