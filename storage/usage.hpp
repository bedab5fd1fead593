#pragma once

#include "pkg/base/json.hpp"
#include "pkg/home/home.hpp"

#include <cstdint>
#include <string>

namespace storage {

// Bytes of the files in a tree, each counted once; also where only the user's namespace may look.
std::int64_t tree_size(const home::Home& home, const std::string& path);

// The section "store" of `pod info`: podman's members, and why this driver was chosen. `containers`
// is podman's count of them: {"number": 2, "running": 1, "stopped": 1, "paused": 0}.
base::Json store_section(const home::Home& home, const base::Json& containers);

}  // namespace storage
