#include "network/question.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/fd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace network {
namespace {

// The first address that takes a connection; else errno says why the last one did not.
sys::Fd connect_to(const addrinfo* addresses) {
  for (const addrinfo* at = addresses; at != nullptr; at = at->ai_next) {
    sys::Fd socket(::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol));
    if (socket && ::connect(socket.get(), at->ai_addr, at->ai_addrlen) == 0) return socket;
  }
  return {};
}

bool send_all(const sys::Fd& socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::string first_line(const sys::Fd& socket) {
  constexpr std::size_t kMost = 4096;
  std::string text;
  std::array<char, 512> bytes{};
  while (text.find('\n') == std::string::npos && text.size() < kMost) {
    const ssize_t count = ::recv(socket.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(bytes.data(), static_cast<std::size_t>(count));
  }
  return std::string(base::trim(text.substr(0, text.find('\n'))));
}

bool ask_http(const Question& question, const sys::Fd& socket, std::string& learnt) {
  if (!send_all(socket, request_text(question))) {
    learnt = base::describe_errno(errno);
    return false;
  }
  learnt = first_line(socket);
  const int status = status_of(learnt);
  if (status == 0) learnt = "no answer of an HTTP server";
  return status >= 200 && status < 400;
}

}  // namespace

std::string request_text(const Question& question) {
  const auto names = [&](std::string_view name) {
    return std::any_of(question.headers.begin(), question.headers.end(),
                       [&](const auto& header) { return base::lower(header).starts_with(name); });
  };
  std::string text = "GET " + question.path + " HTTP/1.1\r\n";
  if (!names("host:")) text += "Host: " + question.host + ":" + question.port + "\r\n";
  if (!names("user-agent:")) text += "User-Agent: pod\r\n";
  if (!names("accept:")) text += "Accept: */*\r\n";
  for (const std::string& header : question.headers)
    text += header + "\r\n";
  return text + "Connection: close\r\n\r\n";
}

int status_of(const std::string& answer) {
  const auto [version, rest] = base::split_once(answer, ' ');
  if (!version.starts_with("HTTP/") || !rest) return 0;
  return static_cast<int>(base::parse_integer(rest->substr(0, 3)).value_or(0));
}

bool ask(const Question& question, int out) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* addresses = nullptr;
  std::string learnt;
  bool is_well = false;
  const int failure =
      ::getaddrinfo(question.host.c_str(), question.port.c_str(), &hints, &addresses);
  if (failure != 0) {
    learnt = ::gai_strerror(failure);
  } else {
    const sys::Fd socket = connect_to(addresses);
    is_well = static_cast<bool>(socket);
    learnt = is_well ? "connected" : base::describe_errno(errno);
    if (is_well && question.is_http) is_well = ask_http(question, socket, learnt);
    ::freeaddrinfo(addresses);
  }
  learnt = question.host + ":" + question.port + ": " + learnt + "\n";
  (void)!::write(out, learnt.data(), learnt.size());
  return is_well;
}

}  // namespace network
