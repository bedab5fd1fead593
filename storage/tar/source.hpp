#pragma once

#include <string_view>

namespace tar {

// Bytes in their order, a piece at a time.
class Source {
 public:
  virtual ~Source() = default;
  // The next piece, valid until the next call; empty at the end. Throws base::Error.
  virtual std::string_view read() = 0;
};

}  // namespace tar
