#include "tests/unit/network/sandbox.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/namespaces.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

namespace network_test {
namespace {

constexpr std::chrono::seconds kPatience{5};
constexpr int kPauseUs = 10000;

sockaddr_in address_of(const std::string& ip, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, ip.c_str(), &address.sin_addr);
  return address;
}

const sockaddr* generic(const sockaddr_in& address) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

sys::Fd bound(int type, const std::string& ip, int port) {
  sys::Fd socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in address = address_of(ip, port);
  if (::bind(socket.get(), generic(address), sizeof address) != 0) throw base::SysError("bind");
  return socket;
}

std::string ask(int type, const std::string& ip, int port, const std::string& text) {
  const sys::Fd socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  const timeval patience{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const sockaddr_in address = address_of(ip, port);
  if (::connect(socket.get(), generic(address), sizeof address) != 0) return "";
  if (::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0) return "";
  std::array<char, 256> answer{};
  const ssize_t size = ::recv(socket.get(), answer.data(), answer.size(), 0);
  return size <= 0 ? "" : std::string(answer.data(), static_cast<std::size_t>(size));
}

}  // namespace

Folder::Folder() : path_("/tmp/network-test-XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) throw base::SysError("mkdtemp");
}

Folder::~Folder() {
  sys::remove_tree(path_);
}

sys::Child fork_off(const std::function<int()>& work) {
  const pid_t pid = ::fork();
  if (pid < 0) throw base::SysError("fork");
  if (pid > 0) return sys::Child(pid);
  int status = 125;
  try {
    status = work();
  } catch (const base::Error& error) {
    (void)!::write(2, error.what(), std::strlen(error.what()));
  }
  ::_exit(status);
}

Namespaces::Namespaces() {
  const sys::Pipe done = sys::make_pipe();
  const uid_t uid = ::geteuid();
  const gid_t gid = ::getegid();
  const sys::Child holder = fork_off([&] {
    sys::unshare(CLONE_NEWUSER | CLONE_NEWNET);
    sys::write_all(sys::open_file("/proc/self/setgroups", O_WRONLY), "deny");
    sys::write_all(sys::open_file("/proc/self/uid_map", O_WRONLY),
                   "0 " + std::to_string(uid) + " 1");
    sys::write_all(sys::open_file("/proc/self/gid_map", O_WRONLY),
                   "0 " + std::to_string(gid) + " 1");
    sys::write_all(done.write, "x");
    return ::pause();
  });
  char byte = 0;
  if (::read(done.read.get(), &byte, 1) != 1) throw base::Error("no namespaces");
  user_ = sys::open_namespace(holder.pid(), "user");
  net_ = sys::open_namespace(holder.pid(), "net");
}

sys::Child Namespaces::run(const std::function<int()>& work) const {
  return fork_off([&] {
    sys::enter_namespace(user_, CLONE_NEWUSER);
    sys::enter_namespace(net_, CLONE_NEWNET);
    return work();
  });
}

std::string missing(const std::string& helper) {
  if (!helper.empty() && sys::find_program(helper).empty()) return helper + " is not installed";
  if (!helper.empty() && ::access("/dev/net/tun", R_OK | W_OK) != 0) return "no /dev/net/tun";
  const int status = fork_off([] { return ::unshare(CLONE_NEWUSER | CLONE_NEWNET); }).wait();
  return status == 0 ? "" : "no user namespaces here";
}

int serve_tcp(int port) {
  const sys::Fd listener = bound(SOCK_STREAM, "0.0.0.0", port);
  ::listen(listener.get(), 16);
  while (true) {
    const sys::Fd peer(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    std::array<char, 256> text{};
    const ssize_t size = ::recv(peer.get(), text.data(), text.size(), 0);
    if (size > 0) ::send(peer.get(), text.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL);
  }
}

int serve_udp(int port) {
  const sys::Fd socket = bound(SOCK_DGRAM, "0.0.0.0", port);
  while (true) {
    std::array<char, 256> text{};
    sockaddr_storage peer{};
    socklen_t peer_size = sizeof peer;
    auto* name = static_cast<sockaddr*>(static_cast<void*>(&peer));
    const ssize_t size = ::recvfrom(socket.get(), text.data(), text.size(), 0, name, &peer_size);
    if (size > 0) {
      ::sendto(socket.get(), text.data(), static_cast<std::size_t>(size), 0, name, peer_size);
    }
  }
}

std::string ask_tcp(const std::string& address, int port, const std::string& text) {
  return ask(SOCK_STREAM, address, port, text);
}

std::string ask_udp(const std::string& address, int port, const std::string& text) {
  return ask(SOCK_DGRAM, address, port, text);
}

std::string ask_until_answered(const std::string& protocol, const std::string& address, int port) {
  std::string answer;
  waits_until([&] {
    answer = protocol == "tcp" ? ask_tcp(address, port, "hello") : ask_udp(address, port, "hello");
    return !answer.empty();
  });
  return answer;
}

std::string first_resolver() {
  const std::string text = sys::find_file("/etc/resolv.conf").value_or("");
  for (const std::string& line : base::split(text, '\n')) {
    if (line.starts_with("nameserver ")) return std::string(base::trim(line.substr(11)));
  }
  return "";
}

int free_port() {
  const sys::Fd socket = bound(SOCK_STREAM, "127.0.0.1", 0);
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(socket.get(), static_cast<sockaddr*>(static_cast<void*>(&address)), &size);
  return ntohs(address.sin_port);
}

bool waits_until(const std::function<bool()>& condition) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + kPatience;
  while (Clock::now() < end) {
    if (condition()) return true;
    ::usleep(kPauseUs);
  }
  return false;
}

}  // namespace network_test
