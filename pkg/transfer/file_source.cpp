#include "pkg/transfer/file_source.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/tty.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

namespace transfer {
namespace {

constexpr std::size_t kPiece = std::size_t{128} << 10U;

}  // namespace

FileSource::FileSource(sys::Fd file)
    : file_(std::move(file)), buffer_(std::make_unique<char[]>(kPiece)) {
  struct stat status {};
  if (::fstat(file_.get(), &status) == 0 && S_ISREG(status.st_mode)) size_ = status.st_size;
}

std::string_view FileSource::read() {
  while (true) {
    const ssize_t count = ::read(file_.get(), buffer_.get(), kPiece);
    if (count >= 0) return {buffer_.get(), static_cast<std::size_t>(count)};
    if (errno != EINTR) throw base::SysError("read the archive");
  }
}

// Never past the end: a file that ends too early has to look so.
std::int64_t FileSource::skip(std::int64_t count) {
  const off_t at = size_ > 0 ? ::lseek(file_.get(), 0, SEEK_CUR) : -1;
  if (at < 0) return 0;
  const std::int64_t possible = std::max<std::int64_t>(0, std::min(count, size_ - at));
  return ::lseek(file_.get(), possible, SEEK_CUR) < 0 ? 0 : possible;
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
