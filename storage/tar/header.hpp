#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tar {

constexpr std::size_t kBlockSize = 512;

// What the block says that begins a member; tar(5): POSIX ustar, star, GNU, and what was before.
struct Header {
  char type = '0';
  std::string path;
  std::string link;
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  std::int64_t mode = 0;
  std::int64_t size = 0;
  std::int64_t mtime = 0;
};

// Throws base::Error for a block of any other kind.
Header parse_header(std::string_view block);

bool is_empty_block(std::string_view block);

// A field: octal digits between blanks, or GNU's base 256. Throws base::Error.
std::int64_t parse_number(std::string_view field);

}  // namespace tar
