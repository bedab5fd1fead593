// The reader of layers: whatever comes, it ends, says nothing impossible, and its outline with all
// bodies in it is the archive itself.
#include "pkg/base/error.hpp"
#include "storage/tar/reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

// In pieces of odd sizes, as they come from a network.
class Bytes : public tar::Source {
 public:
  explicit Bytes(std::string_view text) : rest_(text) {}
  std::string_view read() override {
    size_ = size_ == 4096 ? 1 : 4096;
    const std::string_view piece = rest_.substr(0, size_);
    rest_.remove_prefix(std::min(size_, rest_.size()));
    return piece;
  }

 private:
  std::string_view rest_;
  std::size_t size_ = 1;
};

class Outline : public tar::Recorder {
 public:
  void record(std::string_view bytes) override { text += bytes; }

  std::string text;
};

void check(const tar::Entry& entry) {
  if (entry.size < 0 || (entry.mode & ~07777U) != 0) std::abort();
  if (entry.path.find('\0') != std::string::npos) std::abort();
}

void check(const tar::Block& block, const tar::Entry& entry) {
  if (block.offset < 0) std::abort();
  if (block.offset + static_cast<std::int64_t>(block.bytes.size()) > entry.size) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string archive(bytes, bytes + size);
  Bytes source(archive);
  Outline outline;
  try {
    tar::Reader reader(source, &outline);
    while (const tar::Entry* entry = reader.next()) {
      check(*entry);
      tar::Block block;
      while (reader.read(block))
        check(block, *entry);
    }
    reader.drain();
  } catch (const base::Error&) {
    return 0;
  }
  if (outline.text != archive) std::abort();
  return 0;
}
