#pragma once

#include <map>
#include <string>
#include <vector>

namespace support {

// The words of a command line as a shell takes them apart: at blanks, but for what stands in single
// quotes.
std::vector<std::string> split_line(const std::string& line);

// With "@NAME@" replaced by what it stands for.
std::string fill_in(std::string text, const std::map<std::string, std::string>& values);

}  // namespace support
