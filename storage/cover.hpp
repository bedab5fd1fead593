#pragma once

#include "pkg/home/home.hpp"
#include "pkg/sys/fd.hpp"

#include <string>

namespace storage {

// A folder that is seen as it is, while what is written goes to `upper` (and `work`, beside it on
// the same file system; both are made when missing): a detached mount. From inside the session user
// namespace. Throws base::Error where no overlay can be had.
sys::Fd mount_cover(const home::Home& home, const std::string& folder, const std::string& upper,
                    const std::string& work);

}  // namespace storage
