// pasta: translates between a TAP device in the namespace and ordinary sockets of the host.
//
// It would copy address and routes from the host's interface with the default route. We give it all
// of them instead: then it starts on hosts without such an interface, the container can reach the
// host under the host's own address (which a copy would hide), and the address is known at once.
// An interface, `lo` will do, and a MAC address are what it takes to keep it from looking for more;
// for IPv6 it wants one with a link-local address.
//
// Ready is when the default routes have appeared. pasta has bound the published ports by then, and
// reads from the device a little later; until then the device keeps what is sent to it.
#include "network/drivers.hpp"
#include "network/helper.hpp"
#include "network/link.hpp"
#include "network/names.hpp"
#include "network/udp.hpp"
#include "network/uplink.hpp"
#include "pkg/base/error.hpp"
#include "pkg/sys/child.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

#include <poll.h>
#include <sys/socket.h>

namespace network {
namespace {

constexpr std::array<std::string_view, 10> kAddressing{"-a", "--address", "-n", "--netmask",
                                                       "-g", "--gateway", "-i", "--interface",
                                                       "-M", "--mac-addr"};

constexpr int kSecondRouteMs = 250;

// What the namespace is going to have.
struct Addressing {
  bool has_ipv4 = true;
  bool has_ipv6 = false;
  std::string address;  // "" when the user's options decide
};

bool has_option(const Config& config, std::string_view wanted) {
  return std::ranges::any_of(config.options, [&](const std::string& option) {
    return option == wanted || option.starts_with(std::string(wanted) + "=");
  });
}

// pasta's start-up consists of two execs: the first only looks for this build. Half a millisecond.
std::string program_path() {
  std::string path = sys::find_program("pasta");
  if (path.empty()) throw base::Error("pasta is not installed (package passt)");
#if defined(__x86_64__)
  std::string faster = sys::find_program(path + ".avx2");
  if (!faster.empty() && __builtin_cpu_supports("avx2") != 0) return faster;
#endif
  return path;
}

std::string port_option(const PortMapping& port) {
  const std::string address = port.host_ip.empty() ? "" : port.host_ip + "/";
  const int last = port.range - 1;
  if (last == 0) return fmt::format("{}{}:{}", address, port.host_port, port.container_port);
  return fmt::format("{}{}-{}:{}-{}", address, port.host_port, port.host_port + last,
                     port.container_port, port.container_port + last);
}

// This pasta carries datagrams of the host's loopback device to the same port only; see udp.hpp.
bool needs_forwarder(const PortMapping& port) {
  return port.protocol == "udp" && port.host_port != port.container_port && is_on_loopback(port);
}

void add_ports(std::vector<std::string>& arguments, const Config& config) {
  for (const auto& [protocol, option] : {std::pair{"tcp", "-t"}, std::pair{"udp", "-u"}}) {
    bool has_some = false;
    for (const PortMapping& port : config.ports) {
      const bool is_ours = needs_forwarder(port) && port.host_ip == "127.0.0.1";
      if (port.protocol != protocol || is_ours) continue;
      arguments.insert(arguments.end(), {option, port_option(port)});
      has_some = true;
    }
    if (!has_some && !has_option(config, option))
      arguments.insert(arguments.end(), {option, "none"});
  }
  // Nothing of the host's loopback device appears in the container.
  for (const char* option : {"-T", "-U"}) {
    if (!has_option(config, option)) arguments.insert(arguments.end(), {option, "none"});
  }
}

Addressing add_addressing(std::vector<std::string>& arguments, const Config& config) {
  const Uplink uplink = find_uplink();
  Addressing addressing{.has_ipv4 = !has_option(config, "-6"),
                        .has_ipv6 = !uplink.ipv6_interface.empty() && !has_option(config, "-4"),
                        .address = ""};
  const bool is_users = std::ranges::any_of(
      kAddressing, [&](std::string_view option) { return has_option(config, option); });
  if (is_users) return addressing;
  const std::string interface = addressing.has_ipv6 ? uplink.ipv6_interface : "lo";
  arguments.insert(arguments.end(), {"-i", interface, "-M", "52:55:0a:00:02:02"});
  if (!has_option(config, "-I")) arguments.insert(arguments.end(), {"-I", "eth0"});
  if (addressing.has_ipv4) {
    addressing.address = uplink.prefix + "100";
    arguments.insert(arguments.end(), {"-a", addressing.address, "-n", "24"});
    arguments.insert(arguments.end(), {"-g", uplink.prefix + "2"});
    // With it all that the host's resolver answers seems to come from there, whoever was asked.
    if (asks_helper(config)) {
      arguments.insert(arguments.end(), {"--dns-forward", uplink.prefix + "3"});
    }
  }
  if (addressing.has_ipv6) {
    arguments.insert(arguments.end(), {"-a", "fd00:706f:6400::100", "-g", "fe80::1"});
  } else if (!has_option(config, "-4")) {
    arguments.emplace_back("-4");
  }
  return addressing;
}

class Pasta : public Connection {
 public:
  Pasta(Link link, Helper helper, Addressing addressing, sys::Child forwarder)
      : link_(std::move(link)),
        helper_(std::move(helper)),
        addressing_(std::move(addressing)),
        forwarder_(std::move(forwarder)) {}

  void await() override {
    bool needs_ipv4 = addressing_.has_ipv4;
    bool needs_ipv6 = addressing_.has_ipv6;
    while (needs_ipv4 || needs_ipv6) {
      // The routes come together. A kernel that refuses the one of IPv6 is no reason to fail.
      const bool is_last = !needs_ipv4 && addressing_.has_ipv4;
      if (!wait_for_news(is_last ? kSecondRouteMs : kPatienceMs)) {
        if (is_last) return;
        throw base::Error("pasta does not get ready");
      }
      const int family = link_.next_default_route();
      if (family == AF_INET) needs_ipv4 = false;
      if (family == AF_INET6) needs_ipv6 = false;
    }
  }

  int helper_pid() const override { return helper_.pid(); }
  std::string address() const override { return addressing_.address; }

 private:
  // False when there are none in time. Throws when the helper ended instead.
  bool wait_for_news(int patience) const {
    std::array<pollfd, 2> files{pollfd{link_.file().get(), POLLIN, 0},
                                pollfd{helper_.process().get(), POLLIN, 0}};
    int ready = 0;
    do {
      ready = ::poll(files.data(), files.size(), patience);
    } while (ready < 0 && errno == EINTR);
    if (files[1].revents != 0) throw base::Error("pasta: " + helper_.last_words());
    return ready > 0;
  }

  Link link_;
  Helper helper_;
  Addressing addressing_;
  sys::Child forwarder_;
};

}  // namespace

std::unique_ptr<Connection> connect_pasta(const Request& request) {
  Link link = Link::open(request.user, request.net);
  link.start_loopback();
  link.watch_routes();

  // The namespaces are its standard input and output: names that work whoever it becomes later.
  std::vector<std::string> arguments{"pasta",   "--foreground",    "--quiet",        "--config-net",
                                     "--netns", "/proc/self/fd/0", "--no-netns-quit"};
  if (request.user) arguments.insert(arguments.end(), {"--userns", "/proc/self/fd/1"});
  for (const char* option : {"--no-map-gw", "--no-dhcp", "--no-dhcpv6", "--no-ra"}) {
    arguments.emplace_back(option);
  }
  Addressing addressing = add_addressing(arguments, request.config);
  add_ports(arguments, request.config);
  arguments.insert(arguments.end(), request.config.options.begin(), request.config.options.end());

  const int user = request.user ? request.user.get() : request.net.get();
  Helper helper = Helper::start({.program = program_path(),
                                 .arguments = std::move(arguments),
                                 .log = request.log,
                                 .files = {request.net.get(), user},
                                 .has_ports = !request.config.ports.empty()});
  std::vector<PortMapping> forwarded = request.config.ports;
  std::erase_if(forwarded, [](const PortMapping& port) { return !needs_forwarder(port); });
  return std::make_unique<Pasta>(std::move(link), std::move(helper), std::move(addressing),
                                 forward_udp(forwarded, request.user, request.net));
}

}  // namespace network
