#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tar {

// A piece of a sparse file that is in the archive.
struct Extent {
  std::int64_t offset = 0;  // in the file
  std::int64_t size = 0;
};

// What GNU tar's records say of a sparse file; gnu.org, tar manual, "Storing Sparse Files".
struct SparseClaim {
  std::string name;              // of the file, when the header's is made up
  std::int64_t size = 0;         // of the file with its holes
  std::vector<Extent> extents;   // versions 0.0 and 0.1
  bool has_map_in_body = false;  // version 1.0
};

// Takes one "GNU.sparse.*" record. Throws base::Error.
void read_sparse_record(SparseClaim& claim, std::string_view key, std::string_view value);

// In the order of the file, none past its end, and as many bytes as the body has; throws
// base::Error otherwise.
void check_extents(const std::vector<Extent>& extents, std::int64_t file_size,
                   std::int64_t body_size);

// A decimal number; throws base::Error.
std::int64_t parse_decimal(std::string_view text);

constexpr std::size_t kMostExtents = 1'000'000;

}  // namespace tar
