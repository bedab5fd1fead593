#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace base {

// "512", "64k", "1.5g", "64MiB": units are powers of 1024, as in docker's units.RAMInBytes.
// Throws Error otherwise.
std::int64_t parse_size(std::string_view text);

// Powers of 1000 and four digits at most: "12.3 MB", as `images` prints it.
std::string human_size(std::int64_t bytes);
// Powers of 1024: "12.3MiB", as `stats` prints memory.
std::string human_size_binary(std::int64_t bytes);

}  // namespace base
