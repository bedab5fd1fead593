#pragma once

#include "storage/tar/source.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace tar {

enum class Compression { None, Gzip, Zstd, Bzip2, Xz };

// What the first bytes say; media types and file names lie. Six bytes are enough.
Compression sniff(std::string_view head);

// One kind of compression undone; inflate.cpp has one for each.
class Decoder;

// The bytes of a layer or archive as they were before compression: gzip (of several members too),
// zstd (of several frames, skippable ones too), xz, bzip2, or none. Throws base::Error for damaged
// streams and for those that end too early.
class Inflate {
 public:
  explicit Inflate(Source& compressed);
  ~Inflate();

  // Fills the whole buffer unless the end comes first; returns the number of bytes, 0 at the end.
  std::size_t fill(std::span<char> buffer);

 private:
  std::unique_ptr<Decoder> decoder_;
};

// Inflated bytes as a source, in pieces whose length is a multiple of tar's 512-byte blocks.
class InflatedSource : public Source {
 public:
  explicit InflatedSource(Source& compressed);
  std::string_view read() override;

 private:
  static constexpr std::size_t kPiece = std::size_t{128} << 10U;

  Inflate inflate_;
  std::unique_ptr<char[]> buffer_;
};

}  // namespace tar
