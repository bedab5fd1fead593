#include "pkg/transfer/new_file.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/sys/file.hpp"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace transfer {
namespace {

constexpr mode_t kMode = 0644;

std::string made_up_name() {
  return ".pod-" + base::short_id(base::make_id());
}

// Nothing where the file system has no files without a name.
sys::Fd open_without_name(const sys::Fd& folder) {
  const int number = ::openat(folder.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, kMode);
  if (number < 0 && errno != EOPNOTSUPP && errno != EISDIR) throw base::SysError("make a file");
  return sys::Fd(number);
}

}  // namespace

NewFile::NewFile(const sys::Fd& folder) : folder_(folder), file_(open_without_name(folder)) {
  if (file_) return;
  const std::string name = made_up_name();
  file_ = sys::open_at(folder_, name, O_RDWR | O_CREAT | O_EXCL, kMode);
  temporary_ = name;
}

NewFile::~NewFile() {
  if (!temporary_.empty()) ::unlinkat(folder_.get(), temporary_.c_str(), 0);
}

void NewFile::publish(const std::string& name) {
  if (::fchmod(file_.get(), kMode) != 0) throw base::SysError(name);  // whatever our umask
  if (temporary_.empty()) {
    const std::string meanwhile = made_up_name();
    if (::linkat(AT_FDCWD, sys::fd_path(file_).c_str(), folder_.get(), meanwhile.c_str(),
                 AT_SYMLINK_FOLLOW) != 0) {
      throw base::SysError(name);
    }
    temporary_ = meanwhile;
  }
  if (::renameat(folder_.get(), temporary_.c_str(), folder_.get(), name.c_str()) != 0) {
    throw base::SysError(name);
  }
  temporary_.clear();
}

}  // namespace transfer
