#pragma once

#include "tests/bench/bench.hpp"
#include "tests/support/registry_image.hpp"

#include <string>
#include <vector>

namespace bench {

// What the processors have to do whoever pulls: inflate, two checksums, make the files; each
// measured by itself on one of them, their sum shared by all of them. Files are made in `folder`.
Figures bound_of_pull(const support::RegistryImage& image, const std::string& folder);

}  // namespace bench
