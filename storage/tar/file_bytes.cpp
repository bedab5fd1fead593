#include "storage/tar/file_bytes.hpp"

#include "pkg/base/error.hpp"

#include <cerrno>
#include <utility>

#include <unistd.h>

namespace tar {
namespace {

constexpr std::size_t kPiece = std::size_t{128} << 10U;

}  // namespace

std::size_t read_some(const sys::Fd& file, char* buffer, std::size_t size) {
  while (true) {
    const ssize_t count = ::read(file.get(), buffer, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw base::SysError("read");
  }
}

FileBytes::FileBytes(sys::Fd file)
    : file_(std::move(file)), buffer_(std::make_unique<char[]>(kPiece)) {}

std::string_view FileBytes::read() {
  return {buffer_.get(), read_some(file_, buffer_.get(), kPiece)};
}

}  // namespace tar
