#pragma once

#include "pkg/transfer/layers.hpp"
#include "storage/image_store.hpp"
#include "storage/peer_store.hpp"

#include <string>
#include <vector>

namespace transfer {

// What a peer's store says of one of its images.
struct PeerImport {
  storage::Image image;  // without its layers' ids and sizes
  std::string config_bytes;
  std::string manifest_bytes;              // "" where it has none that fits
  std::vector<WantedLayer> layers;         // bottom first
  std::vector<storage::PeerLayer> theirs;  // in the same order
};

// Throws base::Error when something of it is missing or not what it says.
PeerImport describe_peer_image(const storage::PeerStore& peer, const storage::PeerImage& image,
                               const std::vector<storage::PeerLayer>& all);

// Copies it into our store with its names; what the peer has is only read. Returns its id.
std::string take_over(const Store& store, const storage::PeerStore& peer, const PeerImport& import);

}  // namespace transfer
