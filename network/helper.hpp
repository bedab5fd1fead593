#pragma once

#include "pkg/sys/child.hpp"
#include "pkg/sys/fd.hpp"

#include <string>
#include <vector>

namespace network {

// A running pasta or slirp4netns. It ends when its owner or this process does, even by SIGKILL, and
// says what it has to say to a log file.
class Helper {
 public:
  struct Setup {
    std::string program;                 // path
    std::vector<std::string> arguments;  // with the name it goes by as the first
    std::string log;                     // path; appended to
    std::vector<int> files;              // descriptors that it has as 0, 1 (then 3, 4 ...)
    bool has_ports = false;              // of the host's, which are free again when this is gone
  };
  static Helper start(const Setup& setup);

  Helper(Helper&&) = default;
  Helper& operator=(Helper&&) = delete;
  ~Helper();

  int pid() const { return child_.pid(); }
  const sys::Fd& process() const { return process_; }  // readable when it has ended
  // What it said last, without its name: why it ended.
  std::string last_words() const;

 private:
  Helper() = default;

  sys::Child child_;
  sys::Fd process_;
  sys::Fd log_;
  bool has_ports_ = false;
};

}  // namespace network
