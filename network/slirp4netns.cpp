// slirp4netns: a TCP/IP stack in a process, on a TAP device in the namespace. Slower than pasta and
// without IPv6 of its own accord; for hosts that do not have pasta, and for those who ask for it.
#include "network/drivers.hpp"
#include "network/helper.hpp"
#include "network/link.hpp"
#include "network/udp.hpp"
#include "network/uplink.hpp"
#include "pkg/base/error.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace network {
namespace {

constexpr const char* kSocketName = "slirp4netns.sock";
constexpr int kFolderPlace = 3;  // where the helper has these files; see Helper::Setup
constexpr int kReadyPlace = 4;
constexpr int kExitPlace = 5;

sys::Fd connect_stream(const sys::Fd& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = sys::fd_path(folder) + "/" + kSocketName;  // short, wherever it lies
  if (path.size() >= sizeof address.sun_path) throw base::Error(path + ": too long");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  sys::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  if (::connect(socket.get(), generic, sizeof address) != 0) {
    throw base::SysError("slirp4netns: connect to its socket");
  }
  return socket;
}

// One question a connection, as its manual describes under "API SOCKET".
void add_forward(const sys::Fd& folder, const PortMapping& port, int offset) {
  base::Json arguments = base::Json::object({{"proto", port.protocol},
                                             {"host_port", port.host_port + offset},
                                             {"guest_port", port.container_port + offset}});
  if (!port.host_ip.empty()) arguments["host_addr"] = port.host_ip;
  const base::Json question =
      base::Json::object({{"execute", "add_hostfwd"}, {"arguments", arguments}});
  const sys::Fd socket = connect_stream(folder);
  sys::write_all(socket, question.dump());
  ::shutdown(socket.get(), SHUT_WR);
  const base::Json answer = base::Json::parse(sys::read_all(socket));
  if (const base::Json* error = answer.find("error")) {
    throw base::Error(fmt::format("port {}: slirp4netns: {}", port.host_port + offset,
                                  error->string_or("desc", error->dump())));
  }
}

// Answers to the host's loopback device are among what --disable-host-loopback forbids.
bool needs_forwarder(const PortMapping& port) {
  return port.protocol == "udp" && is_on_loopback(port);
}

class Slirp4netns : public Connection {
 public:
  Slirp4netns(const Config& config, Helper helper, sys::Fd folder, sys::Fd ready, sys::Fd exit)
      : ports_(config.ports),
        helper_(std::move(helper)),
        folder_(std::move(folder)),
        ready_(std::move(ready)),
        exit_(std::move(exit)) {}

  void await() override {
    if (!ready_) return;
    std::array<pollfd, 2> files{pollfd{ready_.get(), POLLIN, 0},
                                pollfd{helper_.process().get(), POLLIN, 0}};
    int count = 0;
    do {
      count = ::poll(files.data(), files.size(), kPatienceMs);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) throw base::Error("slirp4netns does not get ready");
    if ((files[0].revents & POLLIN) == 0) {
      throw base::Error("slirp4netns: " + helper_.last_words());
    }
    ready_.reset();
    for (const PortMapping& port : ports_) {
      if (needs_forwarder(port) && port.host_ip == "127.0.0.1") continue;
      for (int i = 0; i < port.range; ++i)
        add_forward(folder_, port, i);
    }
    ::unlinkat(folder_.get(), kSocketName, 0);
    folder_.reset();
    // Now only: it shares a port with others after it has it, not before.
    std::vector<PortMapping> forwarded = ports_;
    std::erase_if(forwarded, [](const PortMapping& port) { return !needs_forwarder(port); });
    forwarder_ = forward_udp(forwarded, user_, net_);
  }

  int helper_pid() const override { return helper_.pid(); }
  std::string address() const override { return address_; }
  void set_address(std::string address) { address_ = std::move(address); }
  void keep_namespaces(const Request& request) {
    if (request.user) user_ = request.user.duplicate();
    net_ = request.net.duplicate();
  }

 private:
  std::vector<PortMapping> ports_;
  Helper helper_;
  sys::Fd folder_;  // where its socket is
  sys::Fd ready_;   // it writes a byte here
  sys::Fd exit_;    // it ends when nobody holds this
  std::string address_;
  sys::Fd user_;
  sys::Fd net_;
  sys::Child forwarder_;
};

// podman's words for slirp4netns' switches.
std::vector<std::string> options_of(const Config& config) {
  std::vector<std::string> options;
  for (const std::string& option : config.options) {
    if (option.starts_with("mtu=") || option.starts_with("cidr=")) {
      options.push_back("--" + option);
    } else if (option == "enable_ipv6=true") {
      options.emplace_back("--enable-ipv6");
    } else if (option != "enable_ipv6=false" && !option.starts_with("allow_host_loopback=") &&
               !option.starts_with("port_handler=")) {
      throw base::Error("network slirp4netns: unknown option " + option);
    }
  }
  return options;
}

bool has(const Config& config, std::string_view start) {
  return std::ranges::any_of(config.options,
                             [&](const std::string& option) { return option.starts_with(start); });
}

}  // namespace

std::unique_ptr<Connection> connect_slirp4netns(const Request& request) {
  const std::string program = sys::find_program("slirp4netns");
  if (program.empty()) throw base::Error("slirp4netns is not installed");
  Link::open(request.user, request.net).start_loopback();

  sys::Pipe ready = sys::make_pipe();
  sys::Pipe exit = sys::make_pipe();
  sys::Fd folder = sys::open_dir(request.log.substr(0, request.log.rfind('/')));
  const std::string prefix = find_uplink().prefix;
  std::vector<std::string> arguments{
      "slirp4netns",
      "--configure",
      "--netns-type=path",
      fmt::format("--ready-fd={}", kReadyPlace),
      fmt::format("--exit-fd={}", kExitPlace),
      fmt::format("--api-socket=/proc/self/fd/{}/{}", kFolderPlace, kSocketName)};
  if (request.user) arguments.emplace_back("--userns-path=/proc/self/fd/1");
  if (!has(request.config, "allow_host_loopback=true")) {
    arguments.emplace_back("--disable-host-loopback");
  }
  if (!has(request.config, "mtu=")) arguments.emplace_back("--mtu=65520");
  if (!has(request.config, "cidr=")) arguments.push_back("--cidr=" + prefix + "0/24");
  for (std::string& option : options_of(request.config))
    arguments.push_back(std::move(option));
  arguments.insert(arguments.end(), {"/proc/self/fd/0", "eth0"});

  const int user = request.user ? request.user.get() : request.net.get();
  Helper helper = Helper::start(
      {.program = program,
       .arguments = std::move(arguments),
       .log = request.log,
       .files = {request.net.get(), user, folder.get(), ready.write.get(), exit.read.get()},
       .has_ports = !request.config.ports.empty()});
  auto connection =
      std::make_unique<Slirp4netns>(request.config, std::move(helper), std::move(folder),
                                    std::move(ready.read), std::move(exit.write));
  if (!has(request.config, "cidr=")) connection->set_address(prefix + "100");
  connection->keep_namespaces(request);
  return connection;
}

}  // namespace network
