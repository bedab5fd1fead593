#include "storage/tar/header.hpp"

#include "pkg/base/error.hpp"
#include "storage/tar/fields.hpp"

#include <algorithm>
#include <limits>

namespace tar {
namespace {

std::string_view field(std::string_view block, Field which) {
  return block.substr(which.at, which.size);
}

std::string_view text(std::string_view block, Field which) {
  const std::string_view all = field(block, which);
  return all.substr(0, std::min(all.find('\0'), all.size()));
}

// The sum of all bytes, with blanks for the field that holds it. Old archivers added signed bytes.
bool has_right_sum(std::string_view block) {
  constexpr unsigned kHigh = 256;
  std::int64_t sum = 0;
  std::int64_t high = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool is_blank = i >= kChecksum.at && i < kChecksum.at + kChecksum.size;
    const auto byte = static_cast<unsigned char>(is_blank ? ' ' : block[i]);
    sum += byte;
    high += byte >= kHigh / 2 ? kHigh : 0;
  }
  const std::int64_t said = parse_number(field(block, kChecksum));
  return said == sum || said == sum - high;
}

std::string full_name(std::string_view block) {
  std::string name(text(block, kName));
  if (field(block, kMagic) != std::string_view("ustar\0", 6)) return name;
  const bool is_star = field(block, kStarMagic) == std::string_view("tar\0", 4);
  const std::string_view prefix = text(block, is_star ? kStarPrefix : kPrefix);
  return prefix.empty() ? name : std::string(prefix) + "/" + name;
}

std::int64_t parse_base256(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes.front());
  const bool is_negative = (first & 0x40U) != 0;
  std::uint64_t value = is_negative ? ~std::uint64_t{0} : 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto byte = static_cast<unsigned char>(bytes[i]);
    if (i == 0) byte = static_cast<unsigned char>(is_negative ? byte | 0x80U : byte & 0x7fU);
    const std::uint64_t lost = value >> 55U;  // and the sign has to stay
    if (lost != 0 && lost != 0x1ff) throw base::Error("damaged archive: number out of range");
    value = value << 8U | byte;
  }
  return static_cast<std::int64_t>(value);
}

}  // namespace

std::int64_t parse_number(std::string_view bytes) {
  if (!bytes.empty() && (static_cast<unsigned char>(bytes.front()) & 0x80U) != 0) {
    return parse_base256(bytes);
  }
  const std::string_view blanks(" \0", 2);
  bytes.remove_prefix(std::min(bytes.find_first_not_of(blanks), bytes.size()));
  bytes = bytes.substr(0, std::min(bytes.find_first_of(blanks), bytes.size()));
  std::int64_t value = 0;
  for (const char digit : bytes) {
    if (digit < '0' || digit > '7' || value > std::numeric_limits<std::int64_t>::max() / 8) {
      throw base::Error("damaged archive: not a number in a header");
    }
    value = value * 8 + (digit - '0');
  }
  return value;
}

bool is_empty_block(std::string_view block) {
  return block.find_first_not_of('\0') == std::string_view::npos;
}

Header parse_header(std::string_view block) {
  if (!has_right_sum(block)) throw base::Error("damaged archive: a header with a wrong checksum");
  Header header;
  header.type = block[kType];
  header.path = full_name(block);
  header.link = text(block, kLink);
  header.uid = parse_number(field(block, kUid));
  header.gid = parse_number(field(block, kGid));
  header.mode = parse_number(field(block, kMode));
  header.size = parse_number(field(block, kSize));
  header.mtime = parse_number(field(block, kMtime));
  if (header.size < 0) throw base::Error("damaged archive: a negative size");
  return header;
}

}  // namespace tar
