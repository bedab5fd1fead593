#include "storage/tar/sparse.hpp"

#include "pkg/base/error.hpp"

#include <algorithm>
#include <charconv>

namespace tar {
namespace {

[[noreturn]] void damaged() {
  throw base::Error("damaged archive: a sparse file that makes no sense");
}

// "offset,size,offset,size"
std::vector<Extent> parse_map(std::string_view text) {
  std::vector<std::int64_t> numbers;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    numbers.push_back(parse_decimal(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (numbers.size() % 2 != 0) damaged();
  std::vector<Extent> extents;
  for (std::size_t i = 0; i < numbers.size(); i += 2) {
    extents.push_back({.offset = numbers[i], .size = numbers[i + 1]});
  }
  return extents;
}

}  // namespace

std::int64_t parse_decimal(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) {
    throw base::Error("damaged archive: not a number in an extended header");
  }
  return value;
}

void read_sparse_record(SparseClaim& claim, std::string_view key, std::string_view value) {
  if (key == "major") claim.has_map_in_body = value == "1";
  if (key == "name") claim.name = value;
  if (key == "size" || key == "realsize") claim.size = parse_decimal(value);
  if (key == "map") claim.extents = parse_map(value);
  if (key == "offset") {
    if (claim.extents.size() >= kMostExtents) damaged();
    claim.extents.push_back({.offset = parse_decimal(value), .size = 0});
  }
  if (key == "numbytes") {
    if (claim.extents.empty()) damaged();
    claim.extents.back().size = parse_decimal(value);
  }
}

void check_extents(const std::vector<Extent>& extents, std::int64_t file_size,
                   std::int64_t body_size) {
  std::int64_t at = 0;
  std::int64_t total = 0;
  for (const Extent& extent : extents) {
    if (extent.offset < at || extent.size < 0 || extent.offset > file_size ||
        extent.size > file_size - extent.offset) {
      damaged();
    }
    at = extent.offset + extent.size;
    total += extent.size;
  }
  if (total != body_size) damaged();
}

}  // namespace tar
