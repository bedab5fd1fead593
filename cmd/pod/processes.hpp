#pragma once

#include <string>
#include <vector>

// What `top` and `pod top` show.
namespace pod {

// "pid,user comm": descriptors are parted by commas or typed as words of their own.
std::vector<std::string> split_descriptors(const std::vector<std::string>& words);

std::string process_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace pod
