#include "pkg/registry/proxy.hpp"

#include "pkg/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <arpa/inet.h>

namespace registry {
namespace {

using Address = std::array<unsigned char, 16>;  // IPv4 as ::ffff:a.b.c.d

std::string environment(const char* small, const char* capital) {
  const char* value = std::getenv(small);
  if (value == nullptr) value = std::getenv(capital);
  return value == nullptr ? "" : value;
}

std::string without_brackets(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

std::optional<Address> find_address(const std::string& text) {
  Address address = {};
  if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address;
  address.at(10) = address.at(11) = 0xff;
  if (inet_pton(AF_INET, text.c_str(), &address.at(12)) == 1) return address;
  return std::nullopt;
}

bool shares_prefix(const Address& one, const Address& other, std::size_t bits) {
  for (std::size_t bit = 0; bit < bits; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if (((one.at(bit / 8) ^ other.at(bit / 8)) & mask) != 0) return false;
  }
  return true;
}

bool is_in_network(const std::string& host, const std::string& network) {
  const auto [base, length] = base::split_once(network, '/');
  const std::optional<Address> address = find_address(host);
  const std::optional<Address> start = find_address(base);
  const auto bits = base::parse_integer(length.value_or(""));
  if (!address || !start || !bits || *bits < 0) return false;
  const std::int64_t total = *bits + (base.find(':') == std::string::npos ? 96 : 0);
  return total <= 128 && shares_prefix(*address, *start, static_cast<std::size_t>(total));
}

// "example.com:8080" to its two parts; an IPv6 address has no port unless it stands in brackets.
std::pair<std::string, std::optional<std::int64_t>> split_port(const std::string& entry) {
  const std::size_t colon = entry.rfind(':');
  if (colon == std::string::npos || find_address(entry)) return {entry, std::nullopt};
  const auto port = base::parse_integer(std::string_view(entry).substr(colon + 1));
  if (!port) return {entry, std::nullopt};
  return {entry.substr(0, colon), port};
}

bool covers(const std::string& entry, const std::string& host, int port) {
  if (entry == "*") return true;
  if (entry.find('/') != std::string::npos) return is_in_network(host, entry);
  const auto [bracketed, wanted_port] = split_port(entry);
  if (wanted_port && *wanted_port != port) return false;
  std::string name = without_brackets(bracketed);
  if (name.empty()) return false;
  const auto address = find_address(host);
  if (address) return address == find_address(name);
  if (name.starts_with("*.")) name.erase(0, 1);
  if (name.starts_with('.')) return host.ends_with(name);
  return host == name || host.ends_with("." + name);
}

}  // namespace

bool is_loopback(const std::string& host) {
  const std::string name = base::lower(without_brackets(host));
  if (name == "localhost") return true;
  return is_in_network(name, "127.0.0.0/8") || is_in_network(name, "::1/128");
}

Proxies Proxies::read() {
  return {.http = environment("http_proxy", "HTTP_PROXY"),
          .https = environment("https_proxy", "HTTPS_PROXY"),
          .none = environment("no_proxy", "NO_PROXY")};
}

std::string Proxies::find(const std::string& scheme, const std::string& host, int port) const {
  const std::string& proxy = scheme == "https" ? https : http;
  if (proxy.empty() || is_loopback(host)) return "";
  const std::string name = base::lower(without_brackets(host));
  for (const std::string& entry : base::split(none, ',')) {
    if (covers(base::lower(base::trim(entry)), name, port)) return "";
  }
  return proxy;
}

}  // namespace registry
