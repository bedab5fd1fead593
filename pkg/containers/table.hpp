#pragma once

#include "pkg/base/json.hpp"

#include <map>
#include <string>
#include <string_view>

// Labels, annotations and their like, in records and in what is shown.
namespace containers {

base::Json table(const std::map<std::string, std::string>& values);

// The member of that name; empty when it is missing or null.
std::map<std::string, std::string> table_of(const base::Json& json, std::string_view key);

}  // namespace containers
