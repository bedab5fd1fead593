#pragma once

#include "pkg/transfer/layers.hpp"
#include "storage/tar/source.hpp"

#include <memory>

namespace transfer {

// The uncompressed archive that a committed layer came from, byte for byte. At its end it throws
// base::Error when what was read is not what the layer's diff id says.
std::unique_ptr<tar::Source> open_layer(const Store& store, const storage::Layer& layer);

}  // namespace transfer
