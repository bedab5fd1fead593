#pragma once

#include "pkg/sys/fd.hpp"
#include "storage/tar/source.hpp"

#include <cstddef>
#include <memory>

namespace tar {

// Reads up to so many bytes of an open file; 0 at its end. Throws base::SysError.
std::size_t read_some(const sys::Fd& file, char* buffer, std::size_t size);

// The bytes of a file from where it stands.
class FileBytes : public Source {
 public:
  explicit FileBytes(sys::Fd file);
  std::string_view read() override;

 private:
  sys::Fd file_;
  std::unique_ptr<char[]> buffer_;
};

}  // namespace tar
