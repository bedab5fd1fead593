#include "cmd/pod/container_options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "network/names.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

// "pasta:--mtu,1500" is a driver and its options; "container:NAME" and "ns:PATH" stay whole.
void apply_network(network::Config& out, const std::string& text) {
  if (!out.mode.empty()) throw base::Error("more than one network: not supported yet");
  const bool names_other = text.starts_with("container:") || text.starts_with("ns:");
  const auto [mode, options] = base::split_once(text, ':');
  out.mode = names_other ? text : mode;
  // The peers call their default so: a network of one's own, with a way out.
  if (text == "private" || text == "default") out.mode = "";
  if (!names_other && options) out.options = base::split(*options, ',');
}

// As with the peers: a command line that also serves another network is taken.
void leave_out_ports(network::Config& out) {
  const bool is_joined = out.mode.starts_with("container:") || out.mode.starts_with("ns:");
  if (out.mode != "none" && out.mode != "host" && !is_joined) return;
  if (out.mode != "host" && !out.ports.empty()) {
    base::log::warn("network {}: ports are not published", out.mode);
    out.ports.clear();
  }
  std::erase_if(out.ports, [](const network::PortMapping& port) {
    const bool differs = port.host_port != 0 && port.host_port != port.container_port;
    if (differs) {
      base::log::warn("network host: port {} is not published as {}: the container has the host's",
                      port.container_port, port.host_port);
    }
    return differs;
  });
}

void check_servers(const std::vector<std::string>& servers) {
  const bool leaves_images = servers == std::vector<std::string>{"none"};
  for_each_value("--dns", servers, [&](const std::string& server) {
    if (!leaves_images && !network::is_address(server)) {
      throw base::Error(fmt::format("{}: not an address", server));
    }
  });
}

void check_host(const std::string& text) {
  const auto [names, address] = base::split_once(text, ':');
  if (names.empty() || !address || address->empty()) {
    throw base::Error(fmt::format("{}: expected NAME[;NAME]:ADDRESS", text));
  }
}

}  // namespace

void NetworkFlags::declare(cli::Options& options) {
  options
      .values("--network,--net", networks,
              "pasta[:OPTIONS], slirp4netns, none, host, container:NAME, ns:PATH")
      .list("-p,--publish", ports, "[[IP:][HOST-PORT]:]PORT[/PROTOCOL]")
      .list("--dns", dns, "Name server, or none to leave the image's resolv.conf")
      .list("--dns-search", dns_searches, "Domain that short names are looked up in; . for none")
      .list("--dns-option,--dns-opt", dns_options, "Option of the resolver")
      .list("--add-host", hosts, "Line of /etc/hosts: NAME[;NAME]:ADDRESS")
      .flag("--no-hosts", no_hosts, "Leave the image's /etc/hosts")
      .flag("--no-hostname", no_hostname, "Leave the image's /etc/hostname")
      .value("-h,--hostname", hostname, "Host name")
      .refuse("--ip,--ip6,--mac-address,--network-alias,--hosts-file,--link-local-ip")
      .refuse("--link", "containers that are to talk with each other are run in one pod: --pod")
      .refuse("--domainname", "no name service asks for it: give --hostname the whole name");
}

void NetworkFlags::apply(network::Config& out) const {
  for_each_value("--network", networks, [&](const auto& text) { apply_network(out, text); });
  for_each_value("--publish", ports,
                 [&](const auto& text) { out.ports.push_back(network::PortMapping::parse(text)); });
  leave_out_ports(out);
  check_servers(dns);
  out.dns_servers = dns;
  out.dns_searches = dns_searches;
  out.dns_options = dns_options;
  for_each_value("--add-host", hosts, [](const auto& text) { check_host(text); });
  if (no_hosts && !hosts.empty()) throw base::Error("--no-hosts cannot be used with --add-host");
  out.hosts = hosts;
  out.no_hosts = no_hosts;
  out.no_hostname = no_hostname;
  with_flag("--network", [&] {
    network::validate(out);
    return 0;
  });
}

}  // namespace pod
