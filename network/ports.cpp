#include "network/ports.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <tuple>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace network {
namespace {

constexpr int kLastPort = 65535;
constexpr int kAttempts = 64;

struct Range {
  std::uint16_t first = 0;
  std::uint16_t count = 1;
};

[[noreturn]] void refuse_text(const std::string& text, const std::string& why) {
  throw base::Error(fmt::format("port mapping {}: {}", base::shell_quote(text), why));
}

std::uint16_t parse_port(std::string_view text, const std::string& whole) {
  const auto number = base::parse_integer(text);
  if (!number || *number < 1 || *number > kLastPort) {
    refuse_text(whole, base::shell_quote(text) + " is not a port (1 to 65535)");
  }
  return static_cast<std::uint16_t>(*number);
}

Range parse_range(std::string_view text, const std::string& whole) {
  const auto [first, last] = base::split_once(text, '-');
  Range range{.first = parse_port(first, whole), .count = 1};
  if (!last) return range;
  const std::uint16_t end = parse_port(*last, whole);
  if (end < range.first) {
    refuse_text(whole, "the range ends before it begins");
  }
  range.count = static_cast<std::uint16_t>(end - range.first + 1);
  return range;
}

// A socket address of either family, in the form that system calls want.
struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const {
    return static_cast<const sockaddr*>(static_cast<const void*>(&storage));
  }
  int family() const { return storage.ss_family; }
};

std::optional<Address> find_address(const std::string& ip, std::uint16_t port) {
  Address address;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, ip.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    address.size = sizeof v4;
    std::memcpy(&address.storage, &v4, sizeof v4);
  } else if (::inet_pton(AF_INET6, ip.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    address.size = sizeof v6;
    std::memcpy(&address.storage, &v6, sizeof v6);
  } else {
    return std::nullopt;
  }
  return address;
}

// "ip:port", "port" or, as podman has it too, "ip" alone; without the brackets of IPv6.
std::pair<std::string, std::string> split_host(const std::string& text) {
  const bool is_bracketed = text.starts_with('[') && text.ends_with(']');
  const std::size_t colon = is_bracketed ? std::string::npos : text.rfind(':');
  std::string ip = colon == std::string::npos ? "" : text.substr(0, colon);
  std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
  if (colon == std::string::npos && (is_bracketed || find_address(text, 0))) ip.swap(port);
  if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
  return {ip, port};
}

// A socket bound to the port; nothing, with errno, when it cannot be had.
sys::Fd try_bind(const PortMapping& mapping, std::uint16_t port) {
  const auto address = find_address(mapping.host_ip.empty() ? "0.0.0.0" : mapping.host_ip, port);
  const bool is_tcp = mapping.protocol == "tcp";
  sys::Fd socket(
      ::socket(address->family(), (is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0));
  if (!socket) throw base::SysError("socket");
  const int yes = 1;
  // A port whose last connections are just being closed down is free, for a server.
  if (is_tcp) ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(socket.get(), address->get(), address->size) != 0) return {};
  // With that option two may hold it as long as neither listens.
  if (is_tcp && ::listen(socket.get(), 1) != 0) return {};
  return socket;
}

std::uint16_t port_of(const sys::Fd& socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(socket.get(), static_cast<sockaddr*>(static_cast<void*>(&storage)), &size) !=
      0) {
    throw base::SysError("getsockname");
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &storage, sizeof v4);  // the port is at the same place in both families
  return ntohs(v4.sin_port);
}

// Sockets on a row of free ports, kept until all mappings have theirs.
std::vector<sys::Fd> find_free(const PortMapping& mapping) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::vector<sys::Fd> row;
    row.push_back(try_bind(mapping, 0));
    if (!row.back()) throw base::SysError("find a free port");
    const int first = port_of(row.front());
    while (row.size() < mapping.range && row.back()) {
      const int next = first + static_cast<int>(row.size());
      if (next > kLastPort) break;
      row.push_back(try_bind(mapping, static_cast<std::uint16_t>(next)));
    }
    if (row.size() == mapping.range && row.back()) return row;
  }
  throw base::Error(fmt::format("no row of {} free ports", mapping.range));
}

[[noreturn]] void refuse(const PortMapping& mapping, int port, int error) {
  const std::string name =
      fmt::format("port {}{}{}", mapping.host_ip, mapping.host_ip.empty() ? "" : ":", port) +
      (mapping.protocol == "udp" ? "/udp" : "");
  if (error != EACCES) throw base::SysError(name, error);
  const std::string first = std::string(
      base::trim(sys::find_file("/proc/sys/net/ipv4/ip_unprivileged_port_start").value_or("1024")));
  throw base::Error(
      fmt::format("{}: permission denied; ordinary users have ports from {} on, "
                  "`sudo sysctl net.ipv4.ip_unprivileged_port_start={}` changes that",
                  name, first, port));
}

}  // namespace

PortMapping PortMapping::parse(const std::string& text) {
  PortMapping mapping;
  auto [rest, protocol] = base::split_once(text, '/');
  if (protocol) mapping.protocol = base::lower(*protocol);
  if (mapping.protocol != "tcp" && mapping.protocol != "udp") {
    refuse_text(text, "the protocol is tcp or udp");
  }
  // From the right: an IPv6 address has colons of its own, and is written in brackets.
  const std::size_t last = rest.rfind(':');
  const Range container =
      parse_range(last == std::string::npos ? rest : rest.substr(last + 1), text);
  mapping.container_port = container.first;
  mapping.range = container.count;
  if (last == std::string::npos) return mapping;

  std::string host_port;
  std::tie(mapping.host_ip, host_port) = split_host(rest.substr(0, last));
  if (!mapping.host_ip.empty() && !find_address(mapping.host_ip, 0)) {
    refuse_text(text, base::shell_quote(mapping.host_ip) + " is not an address");
  }
  if (host_port.empty()) return mapping;
  const Range host = parse_range(host_port, text);
  if (host.count != container.count) refuse_text(text, "the ranges differ in length");
  mapping.host_port = host.first;
  return mapping;
}

void assign_ports(Config& config) {
  std::vector<std::vector<sys::Fd>> taken;
  for (PortMapping& mapping : config.ports) {
    if (mapping.host_port != 0) continue;
    taken.push_back(find_free(mapping));
    mapping.host_port = port_of(taken.back().front());
  }
}

void check_ports(const Config& config) {
  for (const PortMapping& mapping : config.ports) {
    for (int i = 0; i < mapping.range; ++i) {
      const int port = mapping.host_port + i;
      if (!try_bind(mapping, static_cast<std::uint16_t>(port))) refuse(mapping, port, errno);
    }
  }
}

}  // namespace network
