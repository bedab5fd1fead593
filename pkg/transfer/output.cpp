#include "pkg/transfer/output.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/tty.hpp"

#include <cerrno>
#include <cstdlib>

#include <sys/stat.h>
#include <unistd.h>

namespace transfer {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10U;

sys::Fd standard_output() {
  if (sys::is_terminal(STDOUT_FILENO)) {
    throw base::Error("standard output is a terminal: give a file with --output, or pipe it on");
  }
  constexpr int kPipe = 1 << 20;
  ::fcntl(STDOUT_FILENO, F_SETPIPE_SZ, kPipe);  // fewer changes between us and who reads
  sys::Fd file(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  if (!file) throw base::SysError("standard output");
  return file;
}

// Links stay links: what they lead to is replaced.
std::string real_path(const std::string& path) {
  char* const found = ::realpath(path.c_str(), nullptr);
  if (found == nullptr) return path;
  std::string text = found;
  std::free(found);  // NOLINT: realpath(3) allocates
  return text;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Output::Output(const std::string& path) : shown_(path) {
  waiting_.reserve(kPiece);
  if (!path.empty() && path != "-") {
    open(path);
    return;
  }
  shown_ = "standard output";
  stream_ = standard_output();
}

void Output::open(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    if (S_ISDIR(status.st_mode)) throw base::SysError(path, EISDIR);
    stream_ = sys::open_file(path, O_WRONLY);  // a device, a pipe
    if (sys::is_terminal(stream_.get())) throw base::Error(path + " is a terminal");
    return;
  }
  const std::string real = real_path(path);
  folder_ = sys::open_dir(folder_of(real));  // stays where it is when we enter a namespace
  name_ = real.substr(real.rfind('/') + 1);
  new_file_.emplace(folder_);
}

Output::~Output() = default;

void Output::write_through(std::string_view bytes) try {
  sys::write_all(new_file_ ? new_file_->file() : stream_, bytes);
} catch (base::Error& error) {
  error.during(shown_);
  throw;
}

void Output::write(std::string_view bytes) {
  if (waiting_.size() + bytes.size() <= kPiece) {
    waiting_ += bytes;
    return;
  }
  write_through(waiting_);
  waiting_.clear();
  if (bytes.size() < kPiece / 4) {
    waiting_ = bytes;
  } else {
    write_through(bytes);
  }
}

void Output::commit() {
  write_through(waiting_);
  waiting_.clear();
  if (new_file_) new_file_->publish(name_);
}

}  // namespace transfer
