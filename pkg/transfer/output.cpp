#include "pkg/transfer/output.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/tty.hpp"

#include <cerrno>
#include <cstdlib>

#include <sys/stat.h>
#include <unistd.h>

namespace transfer {
namespace {

constexpr mode_t kMode = 0644;

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

Output::Output(const std::string& path) : path_(path) {
  if (path.empty() || path == "-") {
    path_ = "standard output";
    file_ = standard_output();
    return;
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    if (S_ISDIR(status.st_mode)) throw base::SysError(path, EISDIR);
    file_ = sys::open_file(path, O_WRONLY);  // a device, a pipe: it is written to as it is
    if (sys::is_terminal(file_.get())) throw base::Error(path + " is a terminal");
    return;
  }
  const std::string real = real_path(path);
  folder_ = sys::open_dir(folder_of(real));  // stays where it is when we enter a namespace
  name_ = real.substr(real.rfind('/') + 1);
  open_without_name();
}

void Output::open_without_name() try {
  file_ = sys::open_at(folder_, ".", O_TMPFILE | O_WRONLY, kMode);
} catch (const base::SysError& error) {
  if (error.number() != EOPNOTSUPP && error.number() != EISDIR)
    throw base::SysError(path_, error.number());
  open_beside();  // the file system has no files without a name
}

void Output::open_beside() {
  temporary_ = ".pod-" + base::short_id(base::make_id());
  file_ = sys::open_at(folder_, temporary_, O_WRONLY | O_CREAT | O_EXCL, kMode);
}

Output::~Output() {
  if (!temporary_.empty()) ::unlinkat(folder_.get(), temporary_.c_str(), 0);
}

void Output::write(std::string_view bytes) try {
  sys::write_all(file_, bytes);
} catch (base::Error& error) {
  error.during(path_);
  throw;
}

void Output::commit() {
  if (name_.empty()) return;
  if (temporary_.empty()) {
    const std::string name = ".pod-" + base::short_id(base::make_id());
    if (::linkat(AT_FDCWD, sys::fd_path(file_).c_str(), folder_.get(), name.c_str(),
                 AT_SYMLINK_FOLLOW) != 0) {
      throw base::SysError(path_);
    }
    temporary_ = name;
  }
  if (::renameat(folder_.get(), temporary_.c_str(), folder_.get(), name_.c_str()) != 0) {
    throw base::SysError(path_);
  }
  temporary_.clear();
}

}  // namespace transfer
