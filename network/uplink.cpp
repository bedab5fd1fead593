#include "network/uplink.hpp"

#include "pkg/sys/fd.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace network {
namespace {

std::string text_of(const in_addr& address) {
  std::array<char, INET_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, &address, text.data(), text.size());
  return text.data();
}

// Connecting a datagram socket sends nothing: it asks the routing tables, whatever rules and tables
// they consist of, for a way and for the address we would have on it. The destinations are those
// reserved for documentation (RFC 5737, RFC 3849).
std::string source_address() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  ::inet_pton(AF_INET, "203.0.113.1", &address.sin_addr);
  const sys::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
  socklen_t size = sizeof address;
  if (::connect(socket.get(), generic, size) != 0) return "";
  if (::getsockname(socket.get(), generic, &size) != 0) return "";
  return text_of(address.sin_addr);
}

in6_addr source_address_ipv6() {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(9);
  ::inet_pton(AF_INET6, "2001:db8::1", &address.sin6_addr);
  const sys::Fd socket(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
  socklen_t size = sizeof address;
  if (::connect(socket.get(), generic, size) != 0) return in6addr_any;
  if (::getsockname(socket.get(), generic, &size) != 0) return in6addr_any;
  return address.sin6_addr;
}

// The addresses of all interfaces but loopback.
struct Interfaces {
  std::vector<std::string> ipv4;
  std::string of_source;            // the interface that has the IPv6 source address
  std::vector<std::string> linked;  // those with an IPv6 link-local address
};

void add(Interfaces& interfaces, const ifaddrs& item, const in6_addr& source) {
  if (item.ifa_addr->sa_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, item.ifa_addr, sizeof address);
    interfaces.ipv4.push_back(text_of(address.sin_addr));
  } else if (item.ifa_addr->sa_family == AF_INET6) {
    sockaddr_in6 address{};
    std::memcpy(&address, item.ifa_addr, sizeof address);
    if (IN6_IS_ADDR_LINKLOCAL(&address.sin6_addr)) interfaces.linked.emplace_back(item.ifa_name);
    if (IN6_ARE_ADDR_EQUAL(&address.sin6_addr, &source)) interfaces.of_source = item.ifa_name;
  }
}

Interfaces list_interfaces() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  const in6_addr source = source_address_ipv6();
  Interfaces interfaces;
  for (const ifaddrs* item = list; item != nullptr; item = item->ifa_next) {
    if (item->ifa_addr == nullptr || (item->ifa_flags & IFF_LOOPBACK) != 0) continue;
    add(interfaces, *item, source);
  }
  return interfaces;
}

std::string free_prefix(const std::vector<std::string>& taken) {
  const std::array<std::string, 4> candidates{"10.0.2.", "10.0.3.", "172.31.254.", "192.168.254."};
  for (const std::string& candidate : candidates) {
    bool is_free = true;
    for (const std::string& address : taken)
      is_free &= !address.starts_with(candidate);
    if (is_free) return candidate;
  }
  return candidates[0];
}

}  // namespace

Uplink find_uplink() {
  const Interfaces interfaces = list_interfaces();
  Uplink uplink;
  // A way without link-local addresses (a tunnel) is none that a neighbour could be met on.
  const bool has_neighbours =
      std::ranges::find(interfaces.linked, interfaces.of_source) != interfaces.linked.end();
  if (has_neighbours) uplink.ipv6_interface = interfaces.of_source;
  uplink.address = source_address();
  if (uplink.address.empty() && !interfaces.ipv4.empty()) uplink.address = interfaces.ipv4.front();
  uplink.prefix = free_prefix(interfaces.ipv4);
  return uplink;
}

}  // namespace network
