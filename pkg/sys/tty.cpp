#include "pkg/sys/tty.hpp"

#include "pkg/base/error.hpp"

#include <sys/ioctl.h>

namespace sys {

bool is_terminal(int fd) {
  return ::isatty(fd) == 1;
}

WindowSize window_size(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_row, size.ws_col};
}

void set_window_size(int fd, WindowSize size) {
  winsize wanted{};
  wanted.ws_row = size.rows;
  wanted.ws_col = size.columns;
  ::ioctl(fd, TIOCSWINSZ, &wanted);
}

void set_plain_lines(int fd) {
  termios mode{};
  if (::tcgetattr(fd, &mode) != 0) throw base::SysError("tcgetattr");
  mode.c_oflag &= ~static_cast<tcflag_t>(ONLCR);
  if (::tcsetattr(fd, TCSANOW, &mode) != 0) throw base::SysError("tcsetattr");
}

RawMode::RawMode(int fd) {
  if (::tcgetattr(fd, &former_) != 0) return;
  termios raw = former_;
  ::cfmakeraw(&raw);
  if (::tcsetattr(fd, TCSANOW, &raw) == 0) fd_ = fd;
}

RawMode::~RawMode() {
  if (fd_ >= 0) ::tcsetattr(fd_, TCSANOW, &former_);
}

NoEcho::NoEcho(int fd) {
  if (::tcgetattr(fd, &former_) != 0) return;
  termios silent = former_;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  silent.c_lflag |= ECHONL | ICANON | ISIG;
  if (::tcsetattr(fd, TCSAFLUSH, &silent) == 0) fd_ = fd;
}

NoEcho::~NoEcho() {
  if (fd_ >= 0) ::tcsetattr(fd_, TCSAFLUSH, &former_);
}

}  // namespace sys
