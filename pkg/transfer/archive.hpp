#pragma once

#include "pkg/sys/fd.hpp"
#include "storage/layout.hpp"
#include "storage/tar/source.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace transfer {

// A saved image as files by name: a tar archive, or a folder that holds the same.
class Files {
 public:
  virtual ~Files() = default;
  // Nothing when there is no such file.
  virtual std::unique_ptr<tar::Source> find(const std::string& name) const = 0;

  // Small ones as a whole. Throws base::Error when it is missing or larger than 4 MiB.
  std::string read(const std::string& name) const;
  std::unique_ptr<tar::Source> open(const std::string& name) const;
};

// A folder, a file, or standard input for "-". What is compressed or cannot be read twice is
// inflated into a file without a name inside the store first.
std::unique_ptr<Files> open_files(const std::string& path, const storage::Layout& layout);
// The same of what is open already.
std::unique_ptr<Files> files_of(sys::Fd input, const storage::Layout& layout);

}  // namespace transfer
