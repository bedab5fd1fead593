#include "storage/tar/inflate.hpp"

#include "pkg/base/error.hpp"
#include "storage/tar/decoder.hpp"
#include "storage/tar/parts.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace tar {

namespace {

using namespace std::string_view_literals;

class PlainDecoder : public Decoder {
 public:
  using Decoder::Decoder;

  std::size_t fill(std::span<char> buffer) override {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
      const std::string_view piece = feed().peek();
      if (piece.empty()) break;
      const std::size_t count = std::min(piece.size(), buffer.size() - filled);
      std::memcpy(buffer.data() + filled, piece.data(), count);
      feed().take(count);
      filled += count;
    }
    return filled;
  }
};

std::unique_ptr<Decoder> make_decoder(Source& source) {
  constexpr std::size_t kHead = 6;
  std::string head;
  while (head.size() < kHead) {
    const std::string_view piece = source.read();
    if (piece.empty()) break;
    head += piece;
  }
  const Compression compression = sniff(head);
  Feed feed(source, std::move(head));
  switch (compression) {
    case Compression::None:
      return std::make_unique<PlainDecoder>(std::move(feed));
    case Compression::Gzip:
      return make_parts_decoder(std::move(feed), gzip_parts());
    case Compression::Zstd:
      return make_parts_decoder(std::move(feed), zstd_parts());
    case Compression::Bzip2:
    case Compression::Xz:
      return make_slow_decoder(std::move(feed));
  }
  throw base::Error("unknown compression");
}

}  // namespace

Compression sniff(std::string_view head) {
  if (gzip_parts().begins(head)) return Compression::Gzip;
  if (zstd_parts().begins(head)) return Compression::Zstd;
  if (head.starts_with("BZh"sv)) return Compression::Bzip2;
  if (head.starts_with("\xfd\x37zXZ"sv)) return Compression::Xz;
  return Compression::None;
}

Inflate::Inflate(Source& compressed) : decoder_(make_decoder(compressed)) {}
Inflate::~Inflate() = default;

std::size_t Inflate::fill(std::span<char> buffer) {
  return decoder_->fill(buffer);
}

InflatedSource::InflatedSource(Source& compressed)
    : inflate_(compressed), buffer_(std::make_unique<char[]>(kPiece)) {}

std::string_view InflatedSource::read() {
  const std::size_t count = inflate_.fill({buffer_.get(), kPiece});
  return {buffer_.get(), count};
}

}  // namespace tar
