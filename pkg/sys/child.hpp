#pragma once

#include "pkg/sys/fd.hpp"

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace sys {

// How a process ended, as a shell says it: its code, or 128 and the signal's number.
int exit_status(int wait_status);

// A program that we run: newuidmap, pasta, pod-transfer. Killed and reaped when its owner goes,
// unless waited for or released before.
class Child {
 public:
  struct Streams {
    int in = -1;  // -1: /dev/null; otherwise our descriptor that becomes the child's 0, 1 or 2
    int out = -1;
    int err = -1;
  };

  // Runs argv[0] (looked up in PATH when it has no slash) with posix_spawn. `environment` replaces
  // ours unless empty. Throws base::SysError (ENOENT: no such program).
  static Child spawn(const std::vector<std::string>& argv, const Streams& streams,
                     const std::vector<std::string>& environment = {});

  // The same of a program whose file, words and variables are just these.
  struct Command {
    std::string file;
    std::vector<std::string> argv;
    std::vector<std::string> environment;
  };
  static Child run(const Command& command, const Streams& streams);

  Child() = default;
  // Takes over a process that was started otherwise.
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
  Child& operator=(Child&& other) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { kill_and_reap(); }

  pid_t pid() const { return pid_; }
  explicit operator bool() const { return pid_ > 0; }
  // Waits until it ends and returns its exit_status.
  int wait();
  pid_t release() { return std::exchange(pid_, 0); }

 private:
  void kill_and_reap();

  pid_t pid_ = 0;
};

// The file that execvp(3) would run, or "" when there is none.
std::string find_program(const std::string& name);

// For a child after fork(2) that outlives who called us: closes all descriptors from `first` on but
// these. What a shell has open beyond the three streams would keep its readers waiting.
void close_all_but(std::initializer_list<int> kept, int first = 3);

}  // namespace sys
