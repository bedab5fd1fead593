#include "pkg/sys/socket.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/interruption.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace sys {
namespace {

constexpr std::size_t kMostFiles = 8;
constexpr std::size_t kMostBytes = std::size_t{64} << 10U;

// Reached through a descriptor of the directory, the address always fits.
sockaddr_un address_of(const Fd& directory, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = fd_path(directory) + "/" + name;
  if (path.size() >= sizeof address.sun_path) throw base::SysError(name, ENAMETOOLONG);
  std::memcpy(&address.sun_path[0], path.c_str(), path.size() + 1);
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

Fd make_socket(int kind = SOCK_SEQPACKET) {
  Fd socket(::socket(AF_UNIX, kind | SOCK_CLOEXEC, 0));
  if (!socket) throw base::SysError("socket");
  return socket;
}

void take_files(const msghdr& header, std::vector<Fd>& files) {
  for (const cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
       control =
           CMSG_NXTHDR(const_cast<msghdr*>(&header), const_cast<cmsghdr*>(control))) {  // NOLINT
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    std::array<int, kMostFiles> numbers{};
    std::memcpy(numbers.data(), CMSG_DATA(control), count * sizeof(int));
    for (std::size_t i = 0; i < count; ++i)
      files.emplace_back(numbers.at(i));
  }
}

}  // namespace

std::pair<Fd, Fd> make_socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw base::SysError("socketpair");
  }
  return {Fd(ends[0]), Fd(ends[1])};
}

namespace {

Fd listen_with(Fd socket, const std::string& directory, const std::string& name) {
  const Fd parent = open_file(directory, O_PATH | O_DIRECTORY);
  const sockaddr_un address = address_of(parent, name);
  ::unlinkat(parent.get(), name.c_str(), 0);
  if (::bind(socket.get(), generic(address), sizeof address) != 0 ||
      ::listen(socket.get(), 64) != 0) {
    throw base::SysError("listen at " + directory + "/" + name);
  }
  return socket;
}

}  // namespace

Fd listen_at(const std::string& directory, const std::string& name) {
  return listen_with(make_socket(), directory, name);
}

Fd listen_stream_at(const std::string& directory, const std::string& name) {
  return listen_with(make_socket(SOCK_STREAM | SOCK_NONBLOCK), directory, name);
}

Fd receive_at(const std::string& directory, const std::string& name) {
  const Fd parent = open_file(directory, O_PATH | O_DIRECTORY);
  const sockaddr_un address = address_of(parent, name);
  ::unlinkat(parent.get(), name.c_str(), 0);
  Fd socket = make_socket(SOCK_DGRAM);
  if (::bind(socket.get(), generic(address), sizeof address) != 0 ||
      ::fchmodat(parent.get(), name.c_str(), 0666, 0) != 0) {
    throw base::SysError("receive at " + directory + "/" + name);
  }
  return socket;
}

std::optional<Fd> connect_to(const std::string& directory, const std::string& name) {
  const Fd parent(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!parent && errno == ENOENT) return std::nullopt;
  if (!parent) throw base::SysError(directory);
  const sockaddr_un address = address_of(parent, name);
  Fd socket = make_socket();
  if (::connect(socket.get(), generic(address), sizeof address) == 0) return socket;
  if (errno == ENOENT || errno == ECONNREFUSED) return std::nullopt;
  throw base::SysError("connect to " + directory + "/" + name);
}

std::optional<Fd> connect_stream(const std::string& path, int seconds) {
  const std::size_t slash = path.rfind('/');
  const Fd parent(::open(path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!parent) return std::nullopt;
  const sockaddr_un address = address_of(parent, path.substr(slash + 1));
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval wait{seconds, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  if (::connect(socket.get(), generic(address), sizeof address) != 0) return std::nullopt;
  return socket;
}

std::optional<Fd> connect_datagram(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw base::SysError(path, ENAMETOOLONG);
  std::memcpy(&address.sun_path[0], path.c_str(), path.size() + 1);
  auto size = static_cast<socklen_t>(sizeof address);
  if (path.starts_with('@')) {
    address.sun_path[0] = '\0';
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  }
  Fd socket = make_socket(SOCK_DGRAM);
  if (::connect(socket.get(), generic(address), size) != 0) return std::nullopt;
  return socket;
}

std::optional<Fd> accept_from(const Fd& listener) {
  Fd socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!socket) return std::nullopt;
  return socket;
}

bool send_message(const Fd& socket, std::string_view bytes, std::span<const int> files, bool wait) {
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};  // NOLINT: sendmsg(2) only reads
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostFiles * sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (!files.empty()) {
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(files.size_bytes());
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(files.size_bytes());
    std::memcpy(CMSG_DATA(rights), files.data(), files.size_bytes());
  }
  const int flags = MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT);
  while (::sendmsg(socket.get(), &header, flags) < 0) {
    if (errno == EINTR) continue;
    if (errno == EPIPE || errno == ECONNRESET || errno == EAGAIN || errno == ENOTCONN) return false;
    throw base::SysError("send");
  }
  return true;
}

std::optional<Message> receive_message(const Fd& socket) {
  Message message;
  message.bytes.resize(kMostBytes);
  iovec part{message.bytes.data(), message.bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostFiles * sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  await_readable(socket);
  ssize_t count = 0;
  while ((count = ::recvmsg(socket.get(), &header, MSG_CMSG_CLOEXEC)) < 0) {
    if (errno == EINTR) continue;
    if (errno == ECONNRESET) return std::nullopt;
    throw base::SysError("receive");
  }
  take_files(header, message.files);
  if (count == 0 && message.files.empty()) return std::nullopt;
  message.bytes.resize(static_cast<std::size_t>(count));
  return message;
}

}  // namespace sys
