#pragma once

#include "network/network.hpp"
#include "pkg/sys/child.hpp"

#include <vector>

namespace network {

// Whether clients on the host's loopback addresses can mean this mapping.
bool is_on_loopback(const PortMapping& mapping);

// Carries datagrams between 127.0.0.1 on the host and a namespace, in a process of its own that
// ends with its owner or with this process. For what pasta of 2023 (ports that differ) and
// slirp4netns (whose answers to the host's loopback device we forbid) lose on the way. Throws
// base::Error when a port cannot be had; starts nothing when there are no mappings.
sys::Child forward_udp(const std::vector<PortMapping>& mappings, const sys::Fd& user,
                       const sys::Fd& net);

}  // namespace network
