#pragma once

#include "storage/tar/source.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tar {

// One block of a gzip stream on its way: a piece of the plain text with what came before it (up to
// 32 KiB, which it may refer to), and the deflated bytes, which end at a full byte.
struct Block {
  std::unique_ptr<char[]> plain;  // the history, then the piece
  std::size_t history = 0;
  std::size_t size = 0;  // of the piece
  std::unique_ptr<char[]> deflated;
  std::size_t deflated_size = 0;
};

constexpr std::size_t kHistory = std::size_t{32} << 10U;
constexpr std::size_t kBlock = std::size_t{512} << 10U;
constexpr std::size_t kDeflatedBlock = kBlock + kBlock / 8 + 4096;  // at the worst

// Deflates one block after the other; each thread has its own.
class BlockDeflater {
 public:
  virtual ~BlockDeflater() = default;
  virtual void deflate(Block& block) = 0;
};

// Levels 1 to 3 by ISA-L, the others by zlib.
std::unique_ptr<BlockDeflater> make_block_deflater(int level);
std::uint32_t continue_crc(std::uint32_t crc, std::string_view bytes);

// The whole stream, by `level`, with several threads.
std::unique_ptr<Source> compress_blocks(std::unique_ptr<Source> plain, int level);

}  // namespace tar
