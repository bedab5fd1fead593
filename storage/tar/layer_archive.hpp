#pragma once

#include "storage/tar/source.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace tar {

// The archive that a layer came from, byte for byte, made of its outline and its files. Whether
// they still are what they were is for the reader's checksum to tell. Throws base::Error when a
// part is missing, or when the layer has no outline.
class LayerArchive : public Source {
 public:
  // `folder` is the layer's, `root` the tree in it.
  LayerArchive(const std::string& folder, const std::string& root);
  ~LayerArchive() override;

  std::string_view read() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The bytes that such an archive has, without a look at the files.
std::int64_t archive_size(const std::string& folder);

}  // namespace tar
