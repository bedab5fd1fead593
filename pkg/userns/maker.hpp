#pragma once

#include "pkg/sys/fd.hpp"
#include "pkg/userns/mapping.hpp"

namespace userns {

// A new user namespace of this user with these ids, as a descriptor; nobody is in it. When
// newuidmap fails, throws base::Error with its words.
sys::Fd make_namespace(const Mapping& mapping);

}  // namespace userns
