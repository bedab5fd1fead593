#pragma once

#include "pkg/sys/fd.hpp"

#include <string>

namespace transfer {

// A file in the making that has its name only when it is whole: whoever is interrupted before, even
// by SIGKILL, leaves what was there.
class NewFile {
 public:
  // In an open folder. Throws base::SysError.
  explicit NewFile(const sys::Fd& folder);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  const sys::Fd& file() const { return file_; }
  // In place of what has that name in the folder.
  void publish(const std::string& name);

 private:
  const sys::Fd& folder_;
  std::string temporary_;  // its name meanwhile, where it needs one
  sys::Fd file_;
};

}  // namespace transfer
