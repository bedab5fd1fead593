#pragma once

#include "pkg/sys/fd.hpp"
#include "pkg/transfer/new_file.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace transfer {

// An archive on its way out: to standard output, or to a file that has its name only when it is
// whole.
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
  void open(const std::string& path);
  void write_through(std::string_view bytes);

  std::string shown_;  // for messages
  std::string name_;   // in its folder
  sys::Fd folder_;
  std::optional<NewFile> new_file_;
  sys::Fd stream_;       // or what it is written to as it is
  std::string waiting_;  // small pieces, together
};

}  // namespace transfer
