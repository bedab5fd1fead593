#pragma once

#include <string>

namespace network {

// What of the host's network matters to those who connect a namespace to it.
struct Uplink {
  std::string ipv6_interface;  // the way to the world by IPv6; "" without
  std::string address;  // the host's own, by which containers reach it; "" with loopback only
  std::string prefix;   // "10.0.2.": of a /24 that overlaps with no address of the host
};
Uplink find_uplink();

}  // namespace network
