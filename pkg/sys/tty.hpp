#pragma once

#include "pkg/sys/fd.hpp"

#include <string>

#include <termios.h>

namespace sys {

struct WindowSize {
  unsigned short rows = 0;     // NOLINT(google-runtime-int): as in struct winsize
  unsigned short columns = 0;  // NOLINT(google-runtime-int)
};

bool is_terminal(int fd);
WindowSize window_size(int fd);  // zeros when it has none
void set_window_size(int fd, WindowSize size);
// Lines end as the program writes them, for a file or a pipe; see termios(3), ONLCR.
void set_plain_lines(int fd);

// Passes every key on as it is while this lives; see cfmakeraw(3). The terminal's former mode comes
// back afterwards. Not a terminal: does nothing.
class RawMode {
 public:
  explicit RawMode(int fd);
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;
  ~RawMode();

 private:
  int fd_ = -1;
  termios former_{};
};

// Does not show what is typed while this lives, for passwords. Not a terminal: does nothing.
class NoEcho {
 public:
  explicit NoEcho(int fd);
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  ~NoEcho();

 private:
  int fd_ = -1;
  termios former_{};
};

}  // namespace sys
