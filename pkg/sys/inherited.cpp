#include "pkg/sys/inherited.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <fcntl.h>
#include <unistd.h>

namespace sys {
namespace {

void set_flag_of_each(unsigned count, int flag) {
  for (unsigned i = 0; i < count; ++i)
    ::fcntl(static_cast<int>(3 + i), F_SETFD, flag);
}

}  // namespace

unsigned inherited_files(std::int64_t count) {
  constexpr std::int64_t kMost = 1 << 20U;
  for (std::int64_t file = 3; file < 3 + count; ++file) {
    if (count > kMost || ::fcntl(static_cast<int>(file), F_GETFD) < 0) {
      throw base::Error(fmt::format("--preserve-fds {}: descriptor {} is not open", count, file));
    }
  }
  return static_cast<unsigned>(count > 0 ? count : 0);
}

void close_at_exec(unsigned count) {
  set_flag_of_each(count, FD_CLOEXEC);
}

PassedFiles::PassedFiles(unsigned count) : count_(count) {
  set_flag_of_each(count, 0);
}

PassedFiles::~PassedFiles() {
  if (count_ > 0) ::close_range(3, 2 + count_, 0);
}

}  // namespace sys
