#pragma once

#include "pkg/base/json.hpp"

namespace bundle {

// What we understand; runtime-spec, features.md.
base::Json features();

}  // namespace bundle
