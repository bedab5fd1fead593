#pragma once

#include "pkg/transfer/other_image.hpp"
#include "storage/peer_store.hpp"

#include <vector>

namespace transfer {

// What a peer's store says of one of its images; `all` are its layers. They are read under the
// peer's lock. Throws base::Error when something of it is missing or not what it says.
OtherImage describe_peer_image(const storage::PeerStore& peer, const storage::PeerImage& image,
                               const std::vector<storage::PeerLayer>& all);

}  // namespace transfer
