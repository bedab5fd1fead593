#pragma once

#include "pkg/sys/fd.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sys {

// A lock on a file or directory for as long as this lives; it goes with the process, however that
// ends. See flock(2).
class Lock {
 public:
  enum class Mode { Shared, Exclusive };

  // Waits for it. The file is made when missing; a directory must exist. Throws base::SysError.
  static Lock take(const std::string& path, Mode mode = Mode::Exclusive);
  // The same for one name of many that share a file.
  static Lock take_name(const std::string& path, std::string_view name);
  // Waits for it, but makes nothing: nothing when there is no such file, or none any more.
  static std::optional<Lock> find(const std::string& path, Mode mode = Mode::Exclusive);
  // Nothing when somebody else holds it, or when there is no such file.
  static std::optional<Lock> try_take(const std::string& path, Mode mode = Mode::Exclusive);

  // A shared lock of the other kind, fcntl(2)'s, on a whole file that is not ours: waits until
  // nobody writes. Nothing when there is no such file, or its file system has no such locks.
  static std::optional<Lock> find_record(const std::string& path);

  // From now on others may share it. Somebody who asks at this very moment may get it first: then
  // false, and it is lost.
  bool share();

  const Fd& file() const { return file_; }

 private:
  explicit Lock(Fd file) : file_(std::move(file)) {}

  Fd file_;
};

}  // namespace sys
