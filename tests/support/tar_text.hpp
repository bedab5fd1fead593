#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

// Writes tar archives byte by byte, so that they can say what no honest archiver would.
class TarText {
 public:
  struct Member {
    std::string path = {};
    char type = '0';  // as in the header: 0 file, 1 hard link, 2 link, 3 4 devices, 5 directory
    std::string body = {};
    std::string link = {};
    unsigned mode = 0644;
    unsigned uid = 0;
    unsigned gid = 0;
    std::int64_t mtime = 0;
    std::int64_t size = -1;  // what the header claims; -1: what is true
    std::vector<std::pair<std::string, std::string>> pax = {};  // records before it
  };

  TarText& add(const Member& member);
  TarText& file(const std::string& path, const std::string& body = "") {
    return add({.path = path, .body = body});
  }
  TarText& directory(const std::string& path, unsigned mode = 0755) {
    return add({.path = path, .type = '5', .mode = mode});
  }
  TarText& symlink(const std::string& path, const std::string& link) {
    return add({.path = path, .type = '2', .link = link});
  }
  TarText& hardlink(const std::string& path, const std::string& link) {
    return add({.path = path, .type = '1', .link = link});
  }

  // With the two empty blocks that end an archive.
  std::string end() const { return bytes_ + std::string(1024, '\0'); }
  const std::string& unfinished() const { return bytes_; }

 private:
  std::string bytes_;
};

// The same bytes in one gzip member or one zstd frame.
std::string gzip(std::string_view bytes);
std::string zstd(std::string_view bytes);

}  // namespace support
