#pragma once

#include "pkg/base/json.hpp"
#include "pkg/home/home.hpp"
#include "pkg/sys/fd.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace network {

struct PortMapping {
  std::string host_ip;          // "" is every address
  std::uint16_t host_port = 0;  // 0: chosen by us before the start, and then written back
  std::uint16_t container_port = 0;
  std::uint16_t range = 1;
  std::string protocol = "tcp";  // or "udp"

  // "[[ip:][hostPort]:]containerPort[/protocol]", ranges of equal length. Throws base::Error.
  static PortMapping parse(const std::string& text);
  friend bool operator==(const PortMapping&, const PortMapping&) = default;
};

// What a container or pod was asked to have; kept in its record.
struct Config {
  // "" (the default: pasta, else slirp4netns), "none", "host", "pasta", "slirp4netns", "private"
  // (a namespace with a loopback device only), "container:ID", "ns:PATH".
  std::string mode;
  std::vector<std::string> options;  // of the driver: "pasta:--mtu,1500"
  std::vector<PortMapping> ports;
  std::vector<std::string> dns_servers;  // "none": leave the image's resolv.conf
  std::vector<std::string> dns_searches;
  std::vector<std::string> dns_options;
  std::vector<std::string> hosts;  // "name[;name2]:ip"
  bool no_hosts = false;
  bool no_hostname = false;

  static Config parse(const base::Json& json);
  base::Json json() const;
};

// Throws base::Error for an unknown mode, or for one that cannot have ports.
void validate(const Config& config);

// "pasta", "slirp4netns", "none" ...: what the default comes to on this host. `reason` says why not
// the better one; "" for pasta.
struct Choice {
  std::string mode;
  std::string reason;
};
Choice choose(const Config& config);

bool needs_namespace(const Config& config);  // false for host and for joining somebody else's

// What connects a network namespace to the world; ends with its owner.
class Connection {
 public:
  virtual ~Connection() = default;
  // Waits until traffic can flow. Throws base::Error, e.g. "port 8080: address already in use".
  virtual void await() = 0;
  // The helper's process, 0 when there is none: the monitor watches it.
  virtual int helper_pid() const = 0;
  // The address the container has, "" when unknown; for hosts and inspect.
  virtual std::string address() const = 0;
};

// Brings `lo` up and starts the helper (its output goes to `log_directory`/network.log) without
// waiting for it. Called by the monitor: in the session user namespace, the host's network. `user`
// and `net` are the pod's namespaces. The helper dies with the calling process, even by SIGKILL.
std::unique_ptr<Connection> connect(const Config& config, const sys::Fd& user, const sys::Fd& net,
                                    const std::string& log_directory);

// Picks free host ports where 0 was asked for, so that they can be shown from then on.
void assign_ports(Config& config);

}  // namespace network
