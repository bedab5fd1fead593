#include "pkg/containers/inspect_parts.hpp"

#include <fmt/core.h>

namespace containers {

using base::Json;

namespace {

// Of the container in its network: none to tell. They are the host's, or known to its helper alone.
Json addresses_json() {
  return Json::object({{"EndpointID", ""},
                       {"Gateway", ""},
                       {"IPAddress", ""},
                       {"IPPrefixLen", 0},
                       {"IPv6Gateway", ""},
                       {"GlobalIPv6Address", ""},
                       {"GlobalIPv6PrefixLen", 0},
                       {"MacAddress", ""}});
}

Json one_network() {
  Json json = addresses_json();
  json["NetworkID"] = "";
  json["DriverOpts"] = nullptr;
  json["IPAMConfig"] = nullptr;
  json["Links"] = nullptr;
  json["Aliases"] = Json::array();
  return json;
}

}  // namespace

Json ports_json(const Options& options, const network::Config& network) {
  Json json = Json::object();
  for (const std::string& exposed : options.expose) {
    json[exposed.find('/') == std::string::npos ? exposed + "/tcp" : exposed] = nullptr;
  }
  for (const network::PortMapping& port : network.ports) {
    for (unsigned i = 0; i < port.range; ++i) {
      json[fmt::format("{}/{}", port.container_port + i, port.protocol)].push_back(Json::object(
          {{"HostIp", port.host_ip}, {"HostPort", std::to_string(port.host_port + i)}}));
    }
  }
  return json;
}

Json network_json(const Options& options, const Sandbox& sandbox) {
  const std::string mode = sandbox.network.mode.empty() ? "pasta" : sandbox.network.mode;
  Json json = addresses_json();
  json["Bridge"] = "";
  json["SandboxID"] = "";
  json["HairpinMode"] = false;
  json["LinkLocalIPv6Address"] = "";
  json["LinkLocalIPv6PrefixLen"] = 0;
  json["Ports"] = ports_json(options, sandbox.network);
  json["SandboxKey"] = "";
  json["Networks"] = Json::object({{mode, one_network()}});
  return json;
}

}  // namespace containers
