#include "tests/support/split_text.hpp"

#include "pkg/base/base64.hpp"
#include "pkg/base/json.hpp"

#include <cstddef>
#include <cstdint>

namespace support {
namespace {

constexpr std::size_t kBlock = 512;

// Bit by bit, as ISO 3309 says it.
std::string checksum(std::string_view bytes) {
  std::uint64_t value = ~std::uint64_t{0};
  for (const char letter : bytes) {
    value ^= static_cast<unsigned char>(letter);
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1U) != 0 ? (value >> 1U) ^ 0xD800000000000000U : value >> 1U;
  }
  std::string text;
  for (int shift = 56; shift >= 0; shift -= 8)
    text += static_cast<char>(~value >> static_cast<unsigned>(shift));
  return text;
}

std::string text_at(std::string_view block, std::size_t offset, std::size_t size) {
  const std::string field(block.substr(offset, size));
  return field.substr(0, field.find('\0'));
}

class Writer {
 public:
  void bytes(std::string_view text) { waiting_ += text; }

  void file(const std::string& name, std::string_view body) {
    flush();
    line(base::Json::object({{"type", 1},
                             {"name", name},
                             {"size", static_cast<std::int64_t>(body.size())},
                             {"payload", base::base64_encode(checksum(body))},
                             {"position", position_++}}));
  }

  std::string finish() {
    flush();
    return lines_;
  }

 private:
  void flush() {
    if (waiting_.empty()) return;
    line(base::Json::object(
        {{"type", 2}, {"payload", base::base64_encode(waiting_)}, {"position", position_++}}));
    waiting_.clear();
  }
  void line(const base::Json& json) { lines_ += json.dump() + "\n"; }

  std::string lines_;
  std::string waiting_;
  std::int64_t position_ = 0;
};

}  // namespace

Split split_tar(std::string_view tar) {
  Split split;
  Writer writer;
  std::size_t at = 0;
  while (at + kBlock <= tar.size() && tar[at] != '\0') {
    const std::string_view header = tar.substr(at, kBlock);
    const std::string name = text_at(header, 0, 100);
    const std::size_t size = std::stoul("0" + text_at(header, 124, 12), nullptr, 8);
    const std::size_t padded = (size + kBlock - 1) / kBlock * kBlock;
    const std::string_view body = tar.substr(at + kBlock, size);
    writer.bytes(header);
    const bool is_file = header[156] == '0';
    if (is_file && size > 0) {
      split.files[name] = body;
      writer.file(name, body);
    } else {
      writer.bytes(body);
    }
    writer.bytes(tar.substr(at + kBlock + size, padded - size));
    at += kBlock + padded;
  }
  writer.bytes(tar.substr(at));
  split.lines = writer.finish();
  return split;
}

}  // namespace support
