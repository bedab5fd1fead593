#pragma once

#include "storage/tar/inflate.hpp"
#include "storage/tar/source.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tar {

// How an archive is made smaller. The same bytes and the same answers here give the same compressed
// bytes, whatever the number of processors.
struct Squeeze {
  Compression format = Compression::Gzip;  // or Zstd, or None
  std::optional<int> level;                // gzip 1 to 9, zstd 1 to 22; none: the fast one
};

// "gzip", "zstd", "none". Throws base::Error for other words.
Compression parse_compression(std::string_view word);
std::string_view compression_name(Compression compression);
// Throws base::Error naming the range when the format has no such level.
void check_level(const Squeeze& squeeze);

// The compressed bytes of `plain` as one stream (gzip: one member). Works on all processors while
// it is read, in memory of a fixed size.
std::unique_ptr<Source> compress(std::unique_ptr<Source> plain, const Squeeze& squeeze);

}  // namespace tar
