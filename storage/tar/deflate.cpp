// ISA-L deflates 550 MB/s a core to the size that zlib's level 1 reaches with 80; for those who ask
// for smaller ones there is zlib.
#include "pkg/base/error.hpp"
#include "storage/tar/compress_blocks.hpp"

#include <array>
#include <cstdint>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <zlib.h>

namespace tar {
namespace {

std::uint8_t* bytes(const char* text) {
  // The C interfaces count in unsigned bytes, and neither has const.
  return static_cast<std::uint8_t*>(static_cast<void*>(const_cast<char*>(text)));  // NOLINT
}

class IsalDeflater : public BlockDeflater {
 public:
  explicit IsalDeflater(int level)
      : level_(level), buffer_(kBuffers.at(static_cast<std::size_t>(level))) {
    memory_ = std::make_unique<std::uint8_t[]>(buffer_);
  }

  void deflate(Block& block) override {
    isal_deflate_init(&stream_);
    stream_.level = static_cast<std::uint32_t>(level_);
    stream_.level_buf = memory_.get();
    stream_.level_buf_size = static_cast<std::uint32_t>(buffer_);
    stream_.flush = SYNC_FLUSH;
    stream_.gzip_flag = IGZIP_DEFLATE;
    stream_.end_of_stream = 0;
    if (block.history > 0) {
      isal_deflate_set_dict(&stream_, bytes(block.plain.get()),
                            static_cast<std::uint32_t>(block.history));
    }
    stream_.next_in = bytes(block.plain.get() + block.history);
    stream_.avail_in = static_cast<std::uint32_t>(block.size);
    stream_.next_out = bytes(block.deflated.get());
    stream_.avail_out = static_cast<std::uint32_t>(kDeflatedBlock);
    const int result = isal_deflate(&stream_);
    if (result != COMP_OK || stream_.avail_in != 0 || stream_.avail_out == 0) {
      throw base::Error("gzip: a block could not be compressed");
    }
    block.deflated_size = stream_.total_out;
  }

 private:
  static constexpr std::array<std::size_t, 4> kBuffers = {
      0, ISAL_DEF_LVL1_DEFAULT, ISAL_DEF_LVL2_DEFAULT, ISAL_DEF_LVL3_DEFAULT};

  int level_;
  std::size_t buffer_;
  std::unique_ptr<std::uint8_t[]> memory_;
  isal_zstream stream_{};
};

class ZlibDeflater : public BlockDeflater {
 public:
  explicit ZlibDeflater(int level) {
    constexpr int kRaw = -15;
    constexpr int kMemory = 8;
    if (deflateInit2(&stream_, level, Z_DEFLATED, kRaw, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw base::Error("gzip: no memory");
    }
  }
  ZlibDeflater(const ZlibDeflater&) = delete;
  ZlibDeflater& operator=(const ZlibDeflater&) = delete;
  ~ZlibDeflater() override { deflateEnd(&stream_); }

  void deflate(Block& block) override {
    deflateReset(&stream_);
    if (block.history > 0) {
      deflateSetDictionary(&stream_, bytes(block.plain.get()), static_cast<uInt>(block.history));
    }
    stream_.next_in = bytes(block.plain.get() + block.history);
    stream_.avail_in = static_cast<uInt>(block.size);
    stream_.next_out = bytes(block.deflated.get());
    stream_.avail_out = static_cast<uInt>(kDeflatedBlock);
    const int result = ::deflate(&stream_, Z_SYNC_FLUSH);
    if (result != Z_OK || stream_.avail_in != 0 || stream_.avail_out == 0) {
      throw base::Error("gzip: a block could not be compressed");
    }
    block.deflated_size = stream_.total_out;
  }

 private:
  z_stream stream_{};
};

}  // namespace

std::unique_ptr<BlockDeflater> make_block_deflater(int level) {
  constexpr int kHighestOfIsal = 3;
  if (level <= kHighestOfIsal) return std::make_unique<IsalDeflater>(level);
  return std::make_unique<ZlibDeflater>(level);
}

std::uint32_t continue_crc(std::uint32_t crc, std::string_view text) {
  return crc32_gzip_refl(crc, bytes(text.data()), text.size());
}

}  // namespace tar
