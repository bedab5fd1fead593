#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace support {

// One member of an archive, as it stands there: nothing is checked, so archives can be hostile.
struct TarEntry {
  std::string path;
  std::string content;
  char type =
      '0';  // '0' file, '1' hard link, '2' symbolic link, '3' device, '5' directory, '6' fifo
  mode_t mode = 0644;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string link;  // where links lead
};

// ustar, with the two empty blocks at its end.
std::string make_tar(const std::vector<TarEntry>& entries);

}  // namespace support
