#include "pkg/sys/child.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/interruption.hpp"
#include "pkg/sys/process.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

namespace sys {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  // posix_spawn(3) takes char*const* for history's sake; it does not write.
  for (const std::string& text : texts)
    out.push_back(const_cast<char*>(text.c_str()));  // NOLINT
  out.push_back(nullptr);
  return out;
}

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }

  void stream(int target, int source) {
    if (source >= 0) {
      posix_spawn_file_actions_adddup2(&actions_, source, target);
    } else {
      posix_spawn_file_actions_addopen(&actions_, target, "/dev/null", O_RDWR, 0);
    }
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// Whatever we block or ignore, the program starts as from a shell.
class PlainSignals {
 public:
  PlainSignals() {
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  PlainSignals(const PlainSignals&) = delete;
  PlainSignals& operator=(const PlainSignals&) = delete;
  ~PlainSignals() { posix_spawnattr_destroy(&attributes_); }
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

int exit_status(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

Child Child::spawn(const std::vector<std::string>& argv, const Streams& streams,
                   const std::vector<std::string>& environment) {
  FileActions actions;
  actions.stream(0, streams.in);
  actions.stream(1, streams.out);
  actions.stream(2, streams.err);
  const PlainSignals signals;
  const std::vector<char*> arguments = pointers(argv);
  const std::vector<char*> variables = pointers(environment);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, arguments[0], actions.get(), signals.get(), arguments.data(),
                                 environment.empty() ? environ : variables.data());
  if (error != 0) throw base::SysError("run " + argv.front(), error);
  return Child(pid);
}

Child Child::run(const Command& command, const Streams& streams) {
  FileActions actions;
  actions.stream(0, streams.in);
  actions.stream(1, streams.out);
  actions.stream(2, streams.err);
  const PlainSignals signals;
  const std::vector<char*> arguments = pointers(command.argv);
  const std::vector<char*> variables = pointers(command.environment);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, command.file.c_str(), actions.get(), signals.get(),
                                arguments.data(), variables.data());
  if (error != 0) throw base::SysError("run " + command.file, error);
  return Child(pid);
}

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    kill_and_reap();
    pid_ = std::exchange(other.pid_, 0);
  }
  return *this;
}

int Child::wait() {
  int status = 0;
  if (can_be_interrupted()) await_readable(open_child(pid_));
  while (::waitpid(pid_, &status, 0) < 0) {
    if (errno != EINTR) throw base::SysError("wait");
  }
  pid_ = 0;
  return exit_status(status);
}

void Child::kill_and_reap() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
}

void close_all_but(std::initializer_list<int> kept, int first) {
  std::vector<int> numbers(kept);
  std::sort(numbers.begin(), numbers.end());
  for (const int number : numbers) {
    if (number < first) continue;
    if (number > first) ::close_range(first, number - 1, 0);
    first = number + 1;
  }
  ::close_range(first, ~0U, 0);
}

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0 ? name : "";
  const char* path = std::getenv("PATH");
  for (const std::string& directory :
       base::split(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin", ':')) {
    const std::string file = (directory.empty() ? "." : directory) + "/" + name;
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return "";
}

}  // namespace sys
