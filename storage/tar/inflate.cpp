#include "storage/tar/inflate.hpp"

#include "pkg/base/error.hpp"
#include "storage/tar/decoder.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include <isa-l/igzip_lib.h>
#include <zstd.h>

// Inflating is what bounds a pull of gzip layers: ISA-L does about 660 MB/s a core where zlib does
// 285. Streams of both kinds may be several in a row (eStargz, zstd:chunked, pigz, cat a.gz b.gz).
namespace tar {

namespace {

using namespace std::string_view_literals;

std::uint8_t* bytes(const char* text) {
  // The C interfaces count in unsigned bytes, and igzip has no const.
  return static_cast<std::uint8_t*>(static_cast<void*>(const_cast<char*>(text)));  // NOLINT
}

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

class GzipDecoder : public Decoder {
 public:
  explicit GzipDecoder(Feed feed) : Decoder(std::move(feed)) { begin_member(); }

  std::size_t fill(std::span<char> buffer) override {
    state_.next_out = bytes(buffer.data());
    state_.avail_out = static_cast<std::uint32_t>(buffer.size());
    while (state_.avail_out > 0 && !is_at_end_) {
      if (state_.block_state == ISAL_BLOCK_FINISH) {
        find_next_member();
        continue;
      }
      step();
    }
    return buffer.size() - state_.avail_out;
  }

 private:
  // RFC 1952, 2.3. Read here, since isal_read_gzip_header forgets where it was when a name or a
  // comment is cut by the end of a piece.
  void begin_member() {
    std::array<unsigned char, 10> header{};
    for (unsigned char& byte : header)
      byte = next();
    if (header[0] != 0x1f || header[1] != 0x8b || header[2] != 8) damaged();
    const unsigned flags = header[3];
    if ((flags & kExtra) != 0) {
      unsigned length = next();
      length += 256U * next();
      while (length-- > 0)
        next();
    }
    for (const unsigned text : {kName, kComment}) {
      while ((flags & text) != 0 && next() != 0) {
        // Names and comments do not matter.
      }
    }
    if ((flags & kHeaderSum) != 0) {
      next();
      next();
    }
    isal_inflate_reset(&state_);
    state_.crc_flag = ISAL_GZIP_NO_HDR_VER;
  }

  unsigned char next() {
    const std::string_view piece = feed().peek();
    if (piece.empty()) throw base::Error("gzip stream ends too early");
    const auto byte = static_cast<unsigned char>(piece.front());
    feed().take(1);
    return byte;
  }

  [[noreturn]] static void damaged() { throw base::Error("damaged gzip stream"); }

  void step() {
    const std::string_view piece = feed().peek();
    if (piece.empty()) throw base::Error("gzip stream ends too early");
    state_.next_in = bytes(piece.data());
    state_.avail_in = static_cast<std::uint32_t>(std::min<std::size_t>(piece.size(), kMost));
    const std::uint32_t offered = state_.avail_in;
    const std::uint32_t room = state_.avail_out;
    const int result = isal_inflate(&state_);
    if (result < 0) damaged();
    feed().take(offered - state_.avail_in);
    const bool stuck = state_.avail_in == offered && state_.avail_out == room;
    if (stuck && state_.block_state != ISAL_BLOCK_FINISH) damaged();
  }

  // What follows a member is another, or padding that does not count.
  void find_next_member() {
    const std::string_view piece = feed().peek();
    if (!piece.empty() && piece.front() == '\x1f') {
      begin_member();
      return;
    }
    is_at_end_ = true;
    while (!feed().peek().empty())
      feed().take(feed().peek().size());
  }

  static constexpr std::size_t kMost = std::size_t{1} << 30U;
  static constexpr unsigned kHeaderSum = 2;
  static constexpr unsigned kExtra = 4;
  static constexpr unsigned kName = 8;
  static constexpr unsigned kComment = 16;

  inflate_state state_{};
  bool is_at_end_ = false;
};

class ZstdDecoder : public Decoder {
 public:
  explicit ZstdDecoder(Feed feed) : Decoder(std::move(feed)), stream_(ZSTD_createDStream()) {
    if (!stream_) throw base::Error("no memory for zstd");
  }

  std::size_t fill(std::span<char> buffer) override {
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    while (out.pos < out.size) {
      const std::string_view piece = feed().peek();
      if (piece.empty() && is_between_frames_) break;
      ZSTD_inBuffer in{piece.data(), piece.size(), 0};
      const std::size_t before = out.pos;
      const std::size_t result = ZSTD_decompressStream(stream_.get(), &out, &in);
      if (ZSTD_isError(result) != 0U) throw base::Error("damaged zstd stream");
      if (piece.empty() && out.pos == before) throw base::Error("zstd stream ends too early");
      feed().take(in.pos);
      is_between_frames_ = result == 0;
    }
    return out.pos;
  }

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };

  std::unique_ptr<ZSTD_DStream, Free> stream_;
  bool is_between_frames_ = true;
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
      return std::make_unique<GzipDecoder>(std::move(feed));
    case Compression::Zstd:
      return std::make_unique<ZstdDecoder>(std::move(feed));
    case Compression::Bzip2:
    case Compression::Xz:
      return make_slow_decoder(std::move(feed));
  }
  throw base::Error("unknown compression");
}

}  // namespace

Compression sniff(std::string_view head) {
  if (head.starts_with("\x1f\x8b"sv)) return Compression::Gzip;
  if (head.starts_with("\x28\xb5\x2f\xfd"sv)) return Compression::Zstd;
  // A skippable frame: 0x184D2A50 to 0x184D2A5F, little-endian.
  if (head.size() >= 4 && (head[0] & '\xf0') == '\x50' && head.substr(1, 3) == "\x2a\x4d\x18"sv) {
    return Compression::Zstd;
  }
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
