#pragma once

#include "network/network.hpp"

#include <string>
#include <vector>

namespace network {

// Writes `hosts`, `resolv.conf` and `hostname` into a folder, to be mounted into containers. The
// resolvers are the host's, made reachable from where the container is (a loopback stub such as
// 127.0.0.53 is not); hosts has localhost, host.containers.internal, host.docker.internal, what
// the host's own has (but for what is on a loopback address there), the own names, and what the
// user added (who wins over all).
struct Names {
  std::string hostname;
  std::vector<std::string> aliases;  // further names of our own: the container's, the pod's
  std::string address;               // our own; "" with only a loopback device
};
void write_names(const std::string& directory, const Config& config, const Names& names);

// No server of the host's can be reached from the container, nor did the user name one: it asks the
// helper, at the third address of its network, which asks the host's.
bool asks_helper(const Config& config);

// Throws base::Error for what the kernel would not take, or what no name is.
void validate_hostname(const std::string& name);

// Of either family, without a port.
bool is_address(const std::string& text);

}  // namespace network
