#pragma once

#include "pkg/home/home.hpp"

#include <string>
#include <vector>

namespace storage {

// The folders that storage.conf calls additionalimagestores, in their order; none where there is no
// such file. We read no TOML: pod-transfer is asked, and its answer is kept in the user's cache for
// as long as the file stays as it is. What is wrong with the file is warned of, and then there are
// none.
std::vector<std::string> additional_stores(const home::Home& home);

}  // namespace storage
