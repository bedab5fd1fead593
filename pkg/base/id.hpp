#pragma once

#include <string>
#include <string_view>

namespace base {

// 64 random hexadecimal digits.
std::string make_id();

// The first 12 digits, as tables show ids.
std::string short_id(std::string_view id);

// "adjective_surname".
std::string make_name();

// [a-zA-Z0-9][a-zA-Z0-9_.-]*, the names of containers, pods and volumes.
bool is_name(std::string_view text);

// Hexadecimal digits only, at most 64: it may be the beginning of an id.
bool is_id_prefix(std::string_view text);

}  // namespace base
