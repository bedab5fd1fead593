#pragma once

#include "storage/layout.hpp"
#include "storage/tar/source.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace transfer {

// A saved image's files on their way out, one after the other: into a tar archive, or a folder.
class FileSink {
 public:
  FileSink() = default;
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;
  virtual ~FileSink() = default;

  void add_text(const std::string& name, std::string_view text);
  // Throws base::Error when the source turns out to have another size.
  virtual void add(const std::string& name, tar::Source& source, std::int64_t size) = 0;
  // A file that is named by what is in it, `prefix` and its digest's digits.
  struct Blob {
    std::string digest;
    std::int64_t size = 0;
  };
  virtual Blob add_blob(const std::string& prefix, tar::Source& source) = 0;
  // A symbolic link.
  virtual void add_link(const std::string& name, const std::string& target) = 0;
  // Whether it has been added, or was there before.
  virtual bool has(const std::string& name) const = 0;
  // What is there already; "" when nothing is.
  virtual std::string find_text(const std::string& name) const = 0;
  // All of it is there.
  virtual void commit() = 0;
};

// "" is standard output, which must not be a terminal. What must be written before its name is
// known waits in the store.
std::unique_ptr<FileSink> open_archive_sink(const std::string& path, const storage::Layout& layout);
// Made when it is missing, and gone again when nothing comes of it.
std::unique_ptr<FileSink> open_folder_sink(const std::string& path);

}  // namespace transfer
