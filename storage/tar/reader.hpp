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
  bool is_sparse = false;
  std::vector<std::pair<std::string, std::string>> xattrs;
};

// Takes the outline of an archive: all its bytes in their order but the bodies that are left out.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void record(std::string_view bytes) = 0;
};

struct Block {
  std::string_view bytes;
  std::int64_t offset = 0;  // in the file; what lies between blocks is a hole
};

// Reads tar archives of every flavour (ustar, pax, GNU, star, old, sparse) and nothing else. Names
// are bytes: no character set is assumed. Throws base::Error for what is not tar or ends too early.
// An archiver's library would not say which bytes a header was made of, and those are what a layer
// is given back from.
//
// An archive of an archiver's making is its files' bodies and little around them: headers, padding,
// its end. A few bytes of a compressed one can inflate to any number of those, which would cost
// hours, and no disk that could run full: so they are limited, to several times what ten million
// members need.
class Reader {
 public:
  static constexpr std::int64_t kMostAround = std::int64_t{16} << 30U;

  explicit Reader(Source& source, Recorder* recorder = nullptr,
                  std::int64_t most_around = kMostAround);
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader();

  // The next member, valid until the next call; nothing at the end of the archive.
  const Entry* next();
  // The next piece of the current member; false at its end.
  bool read(Block& block);
  // Before its first piece: the member's body does not belong to the outline, for its file holds
  // it.
  void leave_body_out();
  // The same when an outline is read: the body is not there.
  void expect_no_body();
  // What follows the end of the archive is part of it too: reads the source to its end.
  void drain();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tar
