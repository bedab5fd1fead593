#pragma once

#include "pkg/base/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// Constants as Go writes them.
namespace cli::tree {

// What stands in quotes, which are part of `literal`: "a\n", `raw`. Throws base::Error.
std::string string_constant(std::string_view literal);

// 'a', '\n', 'é': the code point.
std::int64_t character_constant(std::string_view literal);

// 12, -0x1F, 1_000, 1.5e3.
base::Json number_constant(std::string_view literal);

}  // namespace cli::tree
