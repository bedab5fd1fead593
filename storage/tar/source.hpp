#pragma once

#include <cstdint>
#include <string_view>

namespace tar {

// Bytes in their order, a piece at a time.
class Source {
 public:
  virtual ~Source() = default;
  // The next piece, valid until the next call; empty at the end. Throws base::Error.
  virtual std::string_view read() = 0;
  // Passes over up to so many bytes without reading them; returns how many, which may be none.
  virtual std::int64_t skip(std::int64_t) { return 0; }
};

}  // namespace tar
