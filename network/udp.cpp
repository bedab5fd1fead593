// Each client of the host is a flow: a socket in the namespace, connected to the container's port,
// from which the client's datagrams go on and at which the answers arrive. Flows that were quiet
// for a minute are forgotten, and so is the quietest when there are too many.
//
// On the host's side the helper has the same ports on all addresses. Ours are bound to 127.0.0.1,
// and the kernel prefers the socket whose address says more.
#include "network/udp.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace network {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kQuiet{60};
constexpr std::size_t kMostFlows = 256;
constexpr std::size_t kDatagram = 65536;

struct Port {
  sys::Fd socket;  // on the host
  std::uint16_t container_port = 0;
};

struct Flow {
  const Port* port = nullptr;
  sockaddr_in client{};
  sys::Fd socket;  // in the namespace
  Clock::time_point last;
};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* generic(const sockaddr_in& address) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

Port open_port(std::uint16_t host_port, std::uint16_t container_port) {
  Port port{.socket = sys::Fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
            .container_port = container_port};
  const int yes = 1;  // beside the helper's socket
  ::setsockopt(port.socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in address = loopback(host_port);
  if (::bind(port.socket.get(), generic(address), sizeof address) != 0) {
    throw base::SysError(fmt::format("port {}/udp", host_port));
  }
  return port;
}

class Forwarder {
 public:
  explicit Forwarder(std::vector<Port> ports) : ports_(std::move(ports)) {}

  [[noreturn]] void run() {
    while (true) {
      const std::vector<bool> ready = wait();
      // Answers first: questions may change the list of flows.
      for (std::size_t i = 0; i < flows_.size(); ++i) {
        if (ready[ports_.size() + i]) carry_answers(flows_[i]);
      }
      for (std::size_t i = 0; i < ports_.size(); ++i) {
        if (ready[i]) carry_questions(ports_[i]);
      }
      const Clock::time_point limit = Clock::now() - kQuiet;
      std::erase_if(flows_, [&](const Flow& flow) { return flow.last < limit; });
    }
  }

 private:
  // Which of the ports, then of the flows, have something to read.
  std::vector<bool> wait() const {
    std::vector<pollfd> files;
    for (const Port& port : ports_)
      files.push_back({port.socket.get(), POLLIN, 0});
    for (const Flow& flow : flows_)
      files.push_back({flow.socket.get(), POLLIN, 0});
    const std::chrono::milliseconds patience = kQuiet;
    ::poll(files.data(), files.size(), flows_.empty() ? -1 : static_cast<int>(patience.count()));
    std::vector<bool> ready;
    ready.reserve(files.size());
    for (const pollfd& file : files)
      ready.push_back(file.revents != 0);
    return ready;
  }

  void carry_answers(Flow& flow) {
    ssize_t size = 0;
    while ((size = ::recv(flow.socket.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT)) >= 0) {
      ::sendto(flow.port->socket.get(), buffer_.data(), static_cast<std::size_t>(size), 0,
               generic(flow.client), sizeof flow.client);
      flow.last = Clock::now();
    }
  }

  void carry_questions(const Port& port) {
    while (true) {
      sockaddr_in client{};
      socklen_t client_size = sizeof client;
      auto* name = static_cast<sockaddr*>(static_cast<void*>(&client));
      const ssize_t size = ::recvfrom(port.socket.get(), buffer_.data(), buffer_.size(),
                                      MSG_DONTWAIT, name, &client_size);
      if (size < 0) return;
      Flow& flow = flow_of(port, client);
      flow.last = Clock::now();
      ::send(flow.socket.get(), buffer_.data(), static_cast<std::size_t>(size), 0);
    }
  }

  Flow& flow_of(const Port& port, const sockaddr_in& client) {
    const auto known = std::ranges::find_if(flows_, [&](const Flow& flow) {
      return flow.port == &port && flow.client.sin_port == client.sin_port &&
             flow.client.sin_addr.s_addr == client.sin_addr.s_addr;
    });
    if (known != flows_.end()) return *known;
    if (flows_.size() >= kMostFlows) {
      flows_.erase(std::ranges::min_element(flows_, {}, &Flow::last));
    }
    Flow flow{.port = &port,
              .client = client,
              .socket = sys::Fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
              .last = Clock::now()};
    const sockaddr_in target = loopback(port.container_port);
    (void)::connect(flow.socket.get(), generic(target), sizeof target);
    flows_.push_back(std::move(flow));
    return flows_.back();
  }

  std::vector<Port> ports_;
  std::vector<Flow> flows_;
  std::array<char, kDatagram> buffer_{};
};

// Keeps the ports and lets go of everything else that the starter holds open: its pipes have to
// close when it says so.
std::vector<Port> keep_only(std::vector<Port> ports) {
  int next = 3;
  std::ranges::sort(ports, {}, [](const Port& port) { return port.socket.get(); });
  for (const Port& port : ports) {
    const int number = port.socket.get();
    if (number > next) {
      ::close_range(static_cast<unsigned>(next), static_cast<unsigned>(number - 1), 0);
    }
    next = number + 1;
  }
  ::close_range(static_cast<unsigned>(next), ~0U, 0);
  return ports;
}

[[noreturn]] void become_forwarder(std::vector<Port> ports, const sys::Fd& user, const sys::Fd& net,
                                   pid_t starter) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != starter) ::_exit(0);
  ::prctl(PR_SET_NAME, "pod-udp");
  ::signal(SIGTERM, SIG_DFL);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int stream : {0, 1, 2})
    ::dup2(null, stream);  // our caller's are not ours to hold
  if (user) (void)::setns(user.get(), CLONE_NEWUSER);
  if (::setns(net.get(), CLONE_NEWNET) != 0) ::_exit(1);
  Forwarder(keep_only(std::move(ports))).run();
}

}  // namespace

bool is_on_loopback(const PortMapping& mapping) {
  return mapping.host_ip.empty() || mapping.host_ip == "0.0.0.0" || mapping.host_ip == "127.0.0.1";
}

sys::Child forward_udp(const std::vector<PortMapping>& mappings, const sys::Fd& user,
                       const sys::Fd& net) {
  std::vector<Port> ports;
  for (const PortMapping& mapping : mappings) {
    for (int i = 0; i < mapping.range; ++i) {
      ports.push_back(open_port(static_cast<std::uint16_t>(mapping.host_port + i),
                                static_cast<std::uint16_t>(mapping.container_port + i)));
    }
  }
  if (ports.empty()) return {};
  const pid_t starter = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw base::SysError("fork");
  if (child == 0) become_forwarder(std::move(ports), user, net, starter);
  return sys::Child(child);
}

}  // namespace network
