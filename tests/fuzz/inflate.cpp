// Compressed bytes of every kind: damaged or not, they end.
#include "storage/tar/inflate.hpp"

#include "pkg/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace {

constexpr std::size_t kMost = std::size_t{32} << 20U;  // what a bomb may grow to here

class Bytes : public tar::Source {
 public:
  explicit Bytes(std::string_view text) : rest_(text) {}
  std::string_view read() override { return std::exchange(rest_, {}); }

 private:
  std::string_view rest_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(bytes, bytes + size);
  Bytes compressed(text);
  std::size_t count = 0;
  try {
    tar::InflatedSource source(compressed);
    for (std::string_view piece = source.read(); !piece.empty() && count < kMost;
         piece = source.read()) {
      count += piece.size();
    }
  } catch (const base::Error&) {
    return 0;
  }
  return 0;
}
