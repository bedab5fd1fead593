#include "pkg/transfer/file_source.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/tty.hpp"

#include <cerrno>

#include <unistd.h>

namespace transfer {
namespace {

constexpr std::size_t kPiece = std::size_t{128} << 10U;

}  // namespace

FileSource::FileSource(sys::Fd file)
    : file_(std::move(file)), buffer_(std::make_unique<char[]>(kPiece)) {}

std::string_view FileSource::read() {
  while (true) {
    const ssize_t count = ::read(file_.get(), buffer_.get(), kPiece);
    if (count >= 0) return {buffer_.get(), static_cast<std::size_t>(count)};
    if (errno != EINTR) throw base::SysError("read the archive");
  }
}

sys::Fd open_input(const std::string& path) {
  if (path != "-") return sys::open_file(path);
  if (sys::is_terminal(STDIN_FILENO)) {
    throw base::Error("standard input is a terminal: give a file, or pipe the archive in");
  }
  sys::Fd file(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  if (!file) throw base::SysError("standard input");
  return file;
}

}  // namespace transfer
