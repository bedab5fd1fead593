#include "cmd/pod-transfer/prompt.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/sys/tty.hpp"

#include <fmt/core.h>

#include <array>
#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace pod_transfer {
namespace {

constexpr std::size_t kLongest = 16'384;

// A byte at a time: what follows belongs to the next question.
std::string read_line(sys::SignalQueue& signals) {
  std::string line;
  while (line.size() < kLongest) {
    std::array<pollfd, 2> wanted = {{{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                                     {.fd = signals.file().get(), .events = POLLIN, .revents = 0}}};
    ::poll(wanted.data(), wanted.size(), -1);
    if (const auto signal = signals.next()) {
      throw base::Error("interrupted by " + sys::signal_name(*signal), 128 + *signal);
    }
    if (wanted[0].revents == 0) continue;
    char letter = 0;
    if (::read(STDIN_FILENO, &letter, 1) != 1 || letter == '\n') break;
    line += letter;
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace

std::string ask(const std::string& question) {
  sys::SignalQueue signals({SIGINT, SIGTERM, SIGHUP});
  if (sys::is_terminal(STDIN_FILENO)) fmt::print(stderr, "{}", question);
  return read_line(signals);
}

std::string ask_secret(const std::string& question) {
  sys::SignalQueue signals({SIGINT, SIGTERM, SIGHUP});
  const sys::NoEcho silence(STDIN_FILENO);
  if (sys::is_terminal(STDIN_FILENO)) fmt::print(stderr, "{}", question);
  return read_line(signals);
}

std::string read_secret() {
  const sys::Fd input(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  std::string text = sys::read_all(input, kLongest);
  while (text.ends_with('\n') || text.ends_with('\r'))
    text.pop_back();
  return text;
}

registry::AuthFile auth_file_of(const home::Home& home, const std::string& auth_file,
                                const std::string& compatible_file) {
  using registry::AuthFile;
  if (!compatible_file.empty()) return {compatible_file, AuthFile::Kind::Docker};
  if (!auth_file.empty()) return {auth_file, AuthFile::Kind::Podman};
  return {AuthFile::usual_place(home), AuthFile::Kind::Podman};
}

}  // namespace pod_transfer
