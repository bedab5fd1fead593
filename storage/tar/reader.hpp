#pragma once

#include "storage/tar/source.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>

namespace tar {

enum class EntryType { File, Directory, Symlink, Hardlink, CharDevice, BlockDevice, Fifo, Other };

// One member of an archive, as the archive claims it.
struct Entry {
  EntryType type = EntryType::File;
  std::string path;
  std::string link;  // where a link leads
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  mode_t mode = 0;  // permission bits only
  timespec mtime{};
  std::int64_t size = 0;
  std::vector<std::pair<std::string, std::string>> xattrs;
};

struct Block {
  std::string_view bytes;
  std::int64_t offset = 0;  // in the file; what lies between blocks is a hole
};

// Reads tar archives of every flavour (ustar, pax, GNU, old, sparse) and nothing else. Names are
// bytes: no character set is assumed. Throws base::Error for what is not tar or ends too early.
class Reader {
 public:
  explicit Reader(Source& source);
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader();

  // The next member, valid until the next call; nothing at the end of the archive.
  const Entry* next();
  // The next piece of the current member; false at its end.
  bool read(Block& block);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tar
