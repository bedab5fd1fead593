#pragma once

#include <string>
#include <vector>

namespace containers {

// What `top` can show of a process (report.hpp), by name.
std::vector<std::string> descriptor_names();
// By name, or by AIX's code ("%C").
bool is_descriptor(const std::string& word);

}  // namespace containers
