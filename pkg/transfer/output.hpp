#pragma once

#include "pkg/sys/fd.hpp"

#include <string>
#include <string_view>

namespace transfer {

// An archive on its way out: to standard output, or to a file that has its name only when it is
// whole. Whoever is interrupted before, even by SIGKILL, leaves what was there.
class Output {
 public:
  // "" and "-" are standard output, which must not be a terminal. Throws base::Error.
  explicit Output(const std::string& path);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  void write(std::string_view bytes);
  // It is whole.
  void commit();

 private:
  void open_without_name();
  void open_beside();

  std::string path_;       // as typed, for messages
  std::string name_;       // in its folder; "" when it need not be given one
  std::string temporary_;  // likewise, when it has one
  sys::Fd folder_;
  sys::Fd file_;
};

}  // namespace transfer
