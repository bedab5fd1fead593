#pragma once

#include <utility>

#include <unistd.h>

namespace sys {

// Owns a file descriptor; -1 is none.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.number_, -1));
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }
  void reset(int number = -1) {
    if (number_ >= 0) ::close(number_);
    number_ = number;
  }

  // Another descriptor (close-on-exec) of the same open file. Throws base::SysError.
  Fd duplicate() const;

 private:
  int number_ = -1;
};

struct Pipe {
  Fd read;
  Fd write;
};

// Close-on-exec at both ends. Throws base::SysError.
Pipe make_pipe();

}  // namespace sys
