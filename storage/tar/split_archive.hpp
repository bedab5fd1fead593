#pragma once

#include "storage/tar/source.hpp"

#include <memory>
#include <string>

namespace tar {

// The archive that a layer of containers/storage (podman, buildah, CRI-O) came from, byte for byte,
// made of its tree and of what tar-split has kept beside it: lines of JSON, gzipped, each either
// bytes of the archive or the name, size and CRC-64 of a file whose body comes next. Throws
// base::Error that names the file when it is missing or not what it was.
class SplitArchive : public Source {
 public:
  // `split` is tar-split's file, `root` the layer's tree.
  SplitArchive(const std::string& split, const std::string& root);
  ~SplitArchive() override;

  std::string_view read() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tar
