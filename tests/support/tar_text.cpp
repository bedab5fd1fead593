#include "tests/support/tar_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

#include <zlib.h>
#include <zstd.h>

namespace support {
namespace {

void put(std::string& header, std::size_t offset, std::string_view text) {
  std::ranges::copy(text, header.begin() + static_cast<std::ptrdiff_t>(offset));
}

std::string padded(const std::string& body) {
  return body + std::string((512 - body.size() % 512) % 512, '\0');
}

std::string header_of(const TarText::Member& member) {
  const std::int64_t size =
      member.size >= 0 ? member.size : static_cast<std::int64_t>(member.body.size());
  std::string header(512, '\0');
  put(header, 0, member.path.substr(0, 100));
  put(header, 100, fmt::format("{:07o}", member.mode));
  put(header, 108, fmt::format("{:07o}", member.uid));
  put(header, 116, fmt::format("{:07o}", member.gid));
  put(header, 124, fmt::format("{:011o}", size));
  put(header, 136, fmt::format("{:011o}", member.mtime));
  put(header, 148, "        ");
  header[156] = member.type;
  put(header, 157, member.link.substr(0, 100));
  put(header, 257, std::string_view("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : header)
    sum += static_cast<unsigned char>(c);
  put(header, 148, fmt::format("{:06o}", sum));
  header[154] = '\0';
  return header;
}

// "27 path=some/long/path/here\n": the length counts itself.
std::string record(const std::string& key, const std::string& value) {
  std::size_t length = key.size() + value.size() + 3;
  while (std::to_string(length).size() + key.size() + value.size() + 3 != length)
    ++length;
  return fmt::format("{} {}={}\n", length, key, value);
}

}  // namespace

TarText& TarText::add(const Member& member) {
  if (!member.pax.empty()) {
    std::string records;
    for (const auto& [key, value] : member.pax)
      records += record(key, value);
    bytes_ += header_of({.path = "PaxHeaders/x", .type = 'x', .body = records}) + padded(records);
  }
  bytes_ += header_of(member) + padded(member.body);
  return *this;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  constexpr int kGzip = 16;
  if (::deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  std::string in(bytes);
  std::string out(::deflateBound(&stream, in.size()) + 64, '\0');
  stream.next_in = static_cast<Bytef*>(static_cast<void*>(in.data()));
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = static_cast<Bytef*>(static_cast<void*>(out.data()));
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

std::string zstd(std::string_view bytes) {
  std::string out(::ZSTD_compressBound(bytes.size()), '\0');
  out.resize(::ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 1));
  return out;
}

}  // namespace support
