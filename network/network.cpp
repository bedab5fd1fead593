#include "network/network.hpp"

#include "network/drivers.hpp"
#include "network/ports.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/child.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include <unistd.h>

namespace network {
namespace {

constexpr const char* kTun = "/dev/net/tun";

bool is_joined(const Config& config) {
  return config.mode.starts_with("container:") || config.mode.starts_with("ns:");
}

base::Json json_of(const PortMapping& port) {
  base::Json json = base::Json::object({{"host_ip", port.host_ip},
                                        {"host_port", int{port.host_port}},
                                        {"container_port", int{port.container_port}},
                                        {"range", int{port.range}},
                                        {"protocol", port.protocol}});
  return json;
}

std::uint16_t port_number(const base::Json& json, std::string_view key, int fallback) {
  const std::int64_t number = json.integer_or(key, fallback);
  if (number < 0 || number > UINT16_MAX) throw base::Error(fmt::format("{}: not a port", key));
  return static_cast<std::uint16_t>(number);
}

PortMapping port_of(const base::Json& json) {
  PortMapping port;
  port.host_ip = json.string_or("host_ip", "");
  port.host_port = port_number(json, "host_port", 0);
  port.container_port = port_number(json, "container_port", 0);
  port.range = port_number(json, "range", 1);
  port.protocol = json.string_or("protocol", "tcp");
  return port;
}

void validate_host_ports(const Config& config) {
  for (const PortMapping& port : config.ports) {
    if (port.host_port == 0 || port.host_port == port.container_port) continue;
    throw base::Error(
        fmt::format("port {} cannot be published as {}: with the host's network the container has "
                    "the port itself",
                    port.container_port, port.host_port));
  }
}

bool covers(const std::string& address, const std::string& other) {
  const bool is_ipv6 = other.find(':') != std::string::npos;
  return address.empty() || address == other || address == (is_ipv6 ? "::" : "0.0.0.0");
}

// Two that want the same of the host's ports. Those without a number get different ones later.
bool collide(const PortMapping& one, const PortMapping& other) {
  if (one.host_port == 0 || other.host_port == 0 || one.protocol != other.protocol) return false;
  if (!covers(one.host_ip, other.host_ip) && !covers(other.host_ip, one.host_ip)) return false;
  return one.host_port < other.host_port + other.range &&
         other.host_port < one.host_port + one.range;
}

void validate_collisions(const std::vector<PortMapping>& ports) {
  for (std::size_t i = 0; i < ports.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!collide(ports[i], ports[j])) continue;
      throw base::Error(
          fmt::format("port {} of the host is to be published twice: for {} and for {}",
                      std::max(ports[i].host_port, ports[j].host_port), ports[j].container_port,
                      ports[i].container_port));
    }
  }
}

}  // namespace

Config Config::parse(const base::Json& json) {
  Config config;
  config.mode = json.string_or("mode", "");
  config.options = json.strings_or_none("options");
  for (const base::Json& port : json.array_or_none("ports"))
    config.ports.push_back(port_of(port));
  config.dns_servers = json.strings_or_none("dns_servers");
  config.dns_searches = json.strings_or_none("dns_searches");
  config.dns_options = json.strings_or_none("dns_options");
  config.hosts = json.strings_or_none("hosts");
  config.no_hosts = json.bool_or("no_hosts", false);
  config.no_hostname = json.bool_or("no_hostname", false);
  return config;
}

base::Json Config::json() const {
  base::Json json = base::Json::object({{"mode", mode}});
  const auto add = [&](const char* key, const std::vector<std::string>& values) {
    if (!values.empty()) json[key] = values;
  };
  add("options", options);
  for (const PortMapping& port : ports)
    json["ports"].push_back(json_of(port));
  add("dns_servers", dns_servers);
  add("dns_searches", dns_searches);
  add("dns_options", dns_options);
  add("hosts", hosts);
  if (no_hosts) json["no_hosts"] = true;
  if (no_hostname) json["no_hostname"] = true;
  return json;
}

void validate(const Config& config) {
  static const std::vector<std::string> known{"none", "host", "pasta", "slirp4netns", "private"};
  const bool is_known = config.mode.empty() || is_joined(config) ||
                        std::ranges::find(known, config.mode) != known.end();
  if (config.mode == "bridge" || config.mode == "podman") {
    throw base::Error(
        fmt::format("network {}: not supported yet; without --network a container has "
                    "a network of its own that reaches the world",
                    config.mode));
  }
  if (!is_known) {
    const auto meant = base::suggest(config.mode, known);
    throw base::Error(fmt::format("network {}: unknown{}", base::shell_quote(config.mode),
                                  meant ? fmt::format(", did you mean {}?", *meant) : ""));
  }
  const bool has_options = config.mode == "pasta" || config.mode == "slirp4netns";
  if (!config.options.empty() && !has_options) {
    throw base::Error(fmt::format("network {}: takes no options", config.mode));
  }
  if (config.ports.empty()) return;
  if (config.mode == "host") return validate_host_ports(config);
  if (config.mode == "none" || config.mode == "private" || is_joined(config)) {
    throw base::Error(fmt::format("network {}: cannot have published ports", config.mode));
  }
  validate_collisions(config.ports);
}

Choice choose(const Config& config) {
  if (!config.mode.empty()) return {config.mode, ""};
  if (::access(kTun, R_OK | W_OK) != 0) {
    const std::string why = base::describe_errno(errno);
    return {"none", fmt::format("{}: {}; containers have a loopback device only", kTun, why)};
  }
  if (!sys::find_program("pasta").empty()) return {"pasta", ""};
  if (!sys::find_program("slirp4netns").empty()) {
    return {"slirp4netns", "pasta is not installed (package passt)"};
  }
  return {"none",
          "neither pasta (package passt) nor slirp4netns is installed; containers have a loopback "
          "device only"};
}

bool needs_namespace(const Config& config) {
  return config.mode != "host" && !is_joined(config);
}

std::unique_ptr<Connection> connect(const Config& config, const sys::Fd& user, const sys::Fd& net,
                                    const std::string& log_directory) {
  if (!needs_namespace(config)) return connect_host();
  const Choice choice = choose(config);
  const Request request{config, user, net, log_directory + "/network.log"};
  if (choice.mode == "none" || choice.mode == "private") {
    if (!config.ports.empty()) throw base::Error("cannot publish ports: " + choice.reason);
    return connect_none(request);
  }
  check_ports(config);
  return choice.mode == "pasta" ? connect_pasta(request) : connect_slirp4netns(request);
}

}  // namespace network
