#include "pkg/bundle/console.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/sys/socket.hpp"
#include "pkg/sys/tty.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bundle {
namespace {

constexpr int kPatience = 10;    // seconds
constexpr int kLastWords = 100;  // milliseconds without any before they are taken for said

// False at the end.
bool copy_some(int from, int to) {
  std::array<char, 8192> bytes{};
  const ssize_t count = ::read(from, bytes.data(), bytes.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (count <= 0) return false;
  ssize_t written = 0;
  while (written < count) {
    const ssize_t more =
        ::write(to, bytes.data() + written, static_cast<std::size_t>(count - written));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return false;
    written += more;
  }
  return true;
}

void hear_out(int terminal) {
  pollfd poll{terminal, POLLIN, 0};
  while (terminal >= 0 && ::poll(&poll, 1, kLastWords) > 0 && copy_some(terminal, STDOUT_FILENO)) {
  }
}

class Attendance {
 public:
  Attendance(pid_t pid, const sys::Fd& terminal)
      : signals_(sys::SignalQueue::all()),
        raw_(terminal ? STDIN_FILENO : -1),
        pid_(pid),
        process_(sys::open_child(pid)),
        terminal_(terminal.get()),
        in_(terminal ? STDIN_FILENO : -1) {
    resize();
  }

  int run() {
    while (!look(-1)) {
    }
    hear_out(terminal_);
    return reap();
  }

 private:
  void resize() const {
    if (terminal_ < 0 || !sys::is_terminal(STDIN_FILENO)) return;
    sys::set_window_size(terminal_, sys::window_size(STDIN_FILENO));
  }

  // True when the process has ended.
  bool look(int timeout_ms) {
    std::array<pollfd, 4> polls = {{{process_.get(), POLLIN, 0},
                                    {signals_.file().get(), POLLIN, 0},
                                    {terminal_, POLLIN, 0},
                                    {in_, POLLIN, 0}}};
    if (::poll(polls.data(), polls.size(), timeout_ms) < 0) return false;
    while (const auto signal = signals_.next())
      pass(*signal);
    if (polls[2].revents != 0 && !copy_some(terminal_, STDOUT_FILENO)) terminal_ = -1;
    if (polls[3].revents != 0 && terminal_ >= 0 && !copy_some(in_, terminal_)) in_ = -1;
    return polls[0].revents != 0;
  }

  void pass(int signal) {
    if (signal == SIGWINCH) {
      resize();
    } else if (signal != SIGCHLD && signal != SIGPIPE) {
      sys::send_signal(process_, signal);
    }
  }

  int reap() const {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0) {
      if (errno != EINTR) throw base::SysError("wait");
    }
    return sys::exit_status(status);
  }

  sys::SignalQueue signals_;
  sys::RawMode raw_;
  pid_t pid_;
  sys::Fd process_;
  int terminal_;
  int in_;
};

}  // namespace

sys::Fd connect_console(const std::string& path) {
  if (path.empty()) {
    throw base::Error(
        "process.terminal: there is nobody to give it to: --console-socket is missing");
  }
  auto socket =
      sys::connect_stream(path.find('/') == std::string::npos ? "./" + path : path, kPatience);
  if (!socket) throw base::Error("--console-socket " + path + ": nobody listens there");
  return std::move(*socket);
}

void send_console(const sys::Fd& socket, const sys::Fd& terminal) {
  const int file = terminal.get();
  if (!sys::send_message(socket, "/dev/ptmx", {&file, 1})) {
    throw base::Error("--console-socket: whoever listened there has gone");
  }
}

void hear_out(const sys::Fd& terminal) {
  hear_out(terminal.get());
}

int attend(pid_t pid, const sys::Fd& terminal) {
  return Attendance(pid, terminal).run();
}

}  // namespace bundle
