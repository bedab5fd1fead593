#pragma once

#include "storage/layout.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace storage {

// A compressed form of a layer that was given to a registry. It is not here, but whoever needs the
// layer there again needs neither to compress nor to send it.
struct LayerBlob {
  std::string digest;
  std::int64_t size = 0;
  std::string media_type;
  std::string compression;                // "gzip", "zstd", "none"
  std::optional<int> level;               // that was asked for
  std::vector<std::string> repositories;  // "quay.io/team/app", the latest last

  friend bool operator==(const LayerBlob&, const LayerBlob&) = default;
};

// Those remembered beside a layer; none when the file cannot be read, since they only save work.
std::vector<LayerBlob> find_blobs(const Layout& layout, const std::string& layer);
// Adds one, or its repositories to the one that has its digest.
void remember_blob(const Layout& layout, const std::string& layer, const LayerBlob& blob);

}  // namespace storage
