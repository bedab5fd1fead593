#include "pkg/base/error.hpp"
#include "storage/tar/parts.hpp"

#include <zstd.h>

namespace tar {
namespace {

using namespace std::string_view_literals;

// One frame.
class ZstdDecoder : public Decoder {
 public:
  explicit ZstdDecoder(Feed feed) : Decoder(std::move(feed)), stream_(ZSTD_createDStream()) {
    if (!stream_) throw base::Error("no memory for zstd");
  }

  std::size_t fill(std::span<char> buffer) override {
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    while (out.pos < out.size && !is_at_end_) {
      const std::string_view piece = feed().peek();
      ZSTD_inBuffer in{piece.data(), piece.size(), 0};
      const std::size_t before = out.pos;
      const std::size_t result = ZSTD_decompressStream(stream_.get(), &out, &in);
      if (ZSTD_isError(result) != 0U) throw base::Error("damaged zstd stream");
      if (piece.empty() && out.pos == before) throw base::Error("zstd stream ends too early");
      feed().take(in.pos);
      is_at_end_ = result == 0;
    }
    return out.pos;
  }

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };

  std::unique_ptr<ZSTD_DStream, Free> stream_;
  bool is_at_end_ = false;
};

std::size_t find_end(std::string_view bytes) {
  const std::size_t size = ZSTD_findFrameCompressedSize(bytes.data(), bytes.size());
  return ZSTD_isError(size) != 0U ? 0 : size;
}

// A frame, or a skippable one: 0x184D2A50 to 0x184D2A5F, little-endian.
bool begins(std::string_view bytes) {
  if (bytes.starts_with("\x28\xb5\x2f\xfd"sv)) return true;
  return bytes.size() >= 4 && (bytes[0] & '\xf0') == '\x50' &&
         bytes.substr(1, 3) == "\x2a\x4d\x18"sv;
}

std::unique_ptr<Decoder> stream(Feed feed) {
  return std::make_unique<ZstdDecoder>(std::move(feed));
}

}  // namespace

const PartFormat& zstd_parts() {
  static constexpr PartFormat kZstd{
      .find_end = find_end, .begins = begins, .stream = stream, .ends_with_padding = false};
  return kZstd;
}

}  // namespace tar
