#include "pkg/sys/fd.hpp"

#include "pkg/base/error.hpp"

#include <array>

#include <fcntl.h>

namespace sys {

Fd Fd::duplicate() const {
  Fd copy(::fcntl(number_, F_DUPFD_CLOEXEC, 3));
  if (!copy) throw base::SysError("dup");
  return copy;
}

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw base::SysError("pipe");
  return {Fd(ends[0]), Fd(ends[1])};
}

}  // namespace sys
