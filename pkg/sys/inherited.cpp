#include "pkg/sys/inherited.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <fcntl.h>

namespace sys {

unsigned inherited_files(std::int64_t count) {
  constexpr std::int64_t kMost = 1 << 20U;
  for (std::int64_t file = 3; file < 3 + count; ++file) {
    if (count > kMost || ::fcntl(static_cast<int>(file), F_GETFD) < 0) {
      throw base::Error(fmt::format("--preserve-fds {}: descriptor {} is not open", count, file));
    }
  }
  return static_cast<unsigned>(count > 0 ? count : 0);
}

}  // namespace sys
