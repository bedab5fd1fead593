#pragma once

#include <map>
#include <string>
#include <string_view>

namespace support {

// An archive taken apart as tar-split does it. No name is longer than a header has room for.
struct Split {
  std::string lines;                         // not compressed
  std::map<std::string, std::string> files;  // bodies by path
};
Split split_tar(std::string_view tar);

}  // namespace support
