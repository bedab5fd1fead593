#pragma once

#include "pkg/oci/spec.hpp"
#include "pkg/runtime/tree.hpp"

#include <string>

namespace runtime {

// Makes the node that the spec describes at a resolved path, with its mode and owner. False where
// the kernel lets nobody in this user namespace do so. Throws base::Error.
bool make_node(const Tree& tree, const std::string& target, const oci::Device& device);

// Whether the host has that very node. Throws base::Error when it has none or another one.
void check_node(const oci::Device& device);

}  // namespace runtime
