#include "storage/tar/compress.hpp"

#include "pkg/base/error.hpp"
#include "storage/tar/compress_blocks.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <thread>
#include <utility>

#include <zstd.h>

namespace tar {
namespace {

constexpr int kFastGzip = 2;
constexpr int kFastZstd = 3;
constexpr int kHighestFast = 9;  // of zstd: above it small is all that counts

void require(std::size_t result) {
  if (ZSTD_isError(result) != 0U) {
    throw base::Error(fmt::format("zstd: {}", ZSTD_getErrorName(result)));
  }
}

class ZstdSource : public Source {
 public:
  ZstdSource(std::unique_ptr<Source> plain, int level)
      : plain_(std::move(plain)),
        stream_(ZSTD_createCCtx()),
        capacity_(ZSTD_CStreamOutSize()),
        buffer_(std::make_unique<char[]>(capacity_)) {
    if (!stream_) throw base::Error("zstd: no memory");
    require(ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_compressionLevel, level));
    require(ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_checksumFlag, 1));
    // Where the library has no threads this fails, and it works without; with some, their number
    // makes no difference to what comes out.
    constexpr unsigned kMostThreads = 8;
    const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads);
    ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_nbWorkers, static_cast<int>(threads));
    // Each thread's share; by itself the library takes 8 MiB, in several buffers a thread.
    constexpr int kShare = 2 << 20;
    if (level <= kHighestFast) ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_jobSize, kShare);
  }

  std::string_view read() override {
    ZSTD_outBuffer out{buffer_.get(), capacity_, 0};
    while (!is_done_ && out.pos == 0)
      step(out);
    return {buffer_.get(), out.pos};
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };

  void step(ZSTD_outBuffer& out) {
    if (rest_.empty() && !is_at_end_) {
      rest_ = plain_->read();
      is_at_end_ = rest_.empty();
    }
    ZSTD_inBuffer in{rest_.data(), rest_.size(), 0};
    const auto operation = is_at_end_ ? ZSTD_e_end : ZSTD_e_continue;
    const std::size_t left = ZSTD_compressStream2(stream_.get(), &out, &in, operation);
    require(left);
    rest_.remove_prefix(in.pos);
    is_done_ = is_at_end_ && left == 0;
  }

  std::unique_ptr<Source> plain_;
  std::unique_ptr<ZSTD_CCtx, Free> stream_;
  std::size_t capacity_;
  std::unique_ptr<char[]> buffer_;
  std::string_view rest_;
  bool is_at_end_ = false;
  bool is_done_ = false;
};

}  // namespace

Compression parse_compression(std::string_view word) {
  for (const Compression one : {Compression::Gzip, Compression::Zstd, Compression::None}) {
    if (word == compression_name(one)) return one;
  }
  if (word == "zstd:chunked") {
    throw base::Error("zstd:chunked: not supported yet; plain zstd is");
  }
  throw base::Error(fmt::format("{}: not one of gzip, zstd", word));
}

std::string_view compression_name(Compression compression) {
  switch (compression) {
    case Compression::None:
      return "none";
    case Compression::Gzip:
      return "gzip";
    case Compression::Zstd:
      return "zstd";
    case Compression::Bzip2:
      return "bzip2";
    case Compression::Xz:
      return "xz";
  }
  return "";
}

void check_level(const Squeeze& squeeze) {
  if (!squeeze.level) return;
  const int highest = squeeze.format == Compression::Zstd ? 22 : 9;
  if (*squeeze.level >= 1 && *squeeze.level <= highest) return;
  throw base::Error(fmt::format("{}: not a level of {}: 1 to {}", *squeeze.level,
                                compression_name(squeeze.format), highest));
}

std::unique_ptr<Source> compress(std::unique_ptr<Source> plain, const Squeeze& squeeze) {
  check_level(squeeze);
  if (squeeze.format == Compression::None) return plain;
  if (squeeze.format == Compression::Zstd) {
    return std::make_unique<ZstdSource>(std::move(plain), squeeze.level.value_or(kFastZstd));
  }
  return compress_blocks(std::move(plain), squeeze.level.value_or(kFastGzip));
}

}  // namespace tar
