#pragma once

#include "pkg/sys/fd.hpp"
#include "storage/tar/source.hpp"

#include <memory>
#include <string>

namespace transfer {

// The bytes of a file or a pipe from where it stands.
class FileSource : public tar::Source {
 public:
  explicit FileSource(sys::Fd file);
  std::string_view read() override;
  std::int64_t skip(std::int64_t count) override;

 private:
  sys::Fd file_;
  std::int64_t size_ = 0;  // 0: it has none, for it is a pipe
  std::unique_ptr<char[]> buffer_;
};

// A file, or standard input for "-", which must not be a terminal. Throws base::Error naming it.
sys::Fd open_input(const std::string& path);

}  // namespace transfer
