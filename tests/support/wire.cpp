#include "tests/support/wire.hpp"

#include <array>
#include <chrono>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace support {
namespace {

using Clock = std::chrono::steady_clock;

sockaddr_in local(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A socket connected to the port; -1 when nobody is there.
int connect_to(std::uint16_t port, int type) {
  const int one = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  const sockaddr_in address = local(port);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the way of connect(2)
  if (::connect(one, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return one;
  ::close(one);
  return -1;
}

std::string ask_once(std::uint16_t port, int type) {
  const int peer = connect_to(port, type);
  if (peer < 0) return "";
  const std::string request = "GET / HTTP/1.0\r\n\r\n";
  (void)!::send(peer, request.data(), request.size(), MSG_NOSIGNAL);
  std::string answer;
  for (pollfd wanted{peer, POLLIN, 0}; ::poll(&wanted, 1, 1000) > 0;) {
    std::array<char, 4096> buffer{};
    const ssize_t count = ::recv(peer, buffer.data(), buffer.size(), 0);
    if (count <= 0) break;
    answer.append(buffer.data(), static_cast<std::size_t>(count));
    if (type == SOCK_DGRAM) break;
  }
  ::close(peer);
  return answer;
}

std::string ask(std::uint16_t port, int type, double seconds) {
  const auto end = Clock::now() + std::chrono::milliseconds(static_cast<long>(seconds * 1000));
  for (;;) {
    std::string answer = ask_once(port, type);
    if (!answer.empty() || Clock::now() > end) return answer;
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
  }
}

}  // namespace

std::uint16_t free_port() {
  const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = local(0);
  socklen_t size = sizeof address;
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): the way of bind(2)
  (void)::bind(one, reinterpret_cast<const sockaddr*>(&address), size);
  (void)::getsockname(one, reinterpret_cast<sockaddr*>(&address), &size);
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  ::close(one);
  return ntohs(address.sin_port);
}

bool is_listening(std::uint16_t port) {
  const int one = connect_to(port, SOCK_STREAM);
  if (one >= 0) ::close(one);
  return one >= 0;
}

std::string ask_tcp(std::uint16_t port, double seconds) {
  return ask(port, SOCK_STREAM, seconds);
}
std::string ask_udp(std::uint16_t port, double seconds) {
  return ask(port, SOCK_DGRAM, seconds);
}

SilentPort::SilentPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_in address = local(0);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the way of bind(2)
  (void)::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  (void)::listen(socket_, 8);
}

SilentPort::~SilentPort() {
  ::close(socket_);
}

std::string SilentPort::address() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the way of getsockname(2)
  (void)::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
  return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

bool SilentPort::is_asked(double seconds) const {
  pollfd wanted{socket_, POLLIN, 0};
  return ::poll(&wanted, 1, static_cast<int>(seconds * 1000)) > 0;
}

}  // namespace support
