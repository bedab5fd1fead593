#pragma once

#include "pkg/home/home.hpp"
#include "pkg/transfer/layers.hpp"

namespace transfer {

// This process becomes root of the user's namespace, once, before it has threads; its umask is 0
// from then on, since archives say the modes of their files. Removes what killed processes left.
Store open_store(const home::Home& home);

}  // namespace transfer
