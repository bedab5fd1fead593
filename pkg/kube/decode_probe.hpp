#pragma once

#include "pkg/kube/objects.hpp"
#include "pkg/kube/reader.hpp"

namespace kube {

// The probes of a container whose ports are known already, since a probe may name one.
void decode_probes(const Reader& reader, Container& container);

}  // namespace kube
