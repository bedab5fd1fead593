#pragma once

#include "network/network.hpp"

namespace network {

// Throws base::Error for the first port that cannot be had: in use, or privileged. Asked right
// before a helper starts, whose own complaints would come late and less clear.
void check_ports(const Config& config);

}  // namespace network
