#include "network/helper.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace network {
namespace {

constexpr std::size_t kStack = std::size_t{64} << 10U;

struct Start {
  const char* program = nullptr;
  char* const* arguments = nullptr;
  const std::vector<int>* files = nullptr;
  int log = -1;
  pid_t parent = 0;
  int error = 0;
};

// 0, 1, then 3 and up: 2 is for what it says.
int place_of(std::size_t index) {
  return static_cast<int>(index < 2 ? index : index + 1);
}

bool place_files(const Start& start) {
  // First out of each other's way, then into place.
  std::array<int, 8> high{};
  for (std::size_t i = 0; i < start.files->size(); ++i) {
    high.at(i) = ::fcntl((*start.files)[i], F_DUPFD_CLOEXEC, 64);
    if (high.at(i) < 0) return false;
  }
  const int log = ::fcntl(start.log, F_DUPFD_CLOEXEC, 64);
  for (std::size_t i = 0; i < start.files->size(); ++i) {
    if (::dup2(high.at(i), place_of(i)) < 0) return false;
  }
  return ::dup2(log, 2) >= 0;
}

// Shares our memory until exec, while we are stopped. Which is why it is no ordinary spawn: a child
// asks for its own death itself, and between the asking and the parent's death there is a gap to
// close. pasta changes its identity later, but only into namespaces below ours, which keeps the
// wish; see prctl(2), PR_SET_PDEATHSIG. It never returns: the address sanitizer would go on
// watching a stack that is the caller's again.
[[gnu::no_sanitize_address]] int run(void* argument) {
  auto* start = static_cast<Start*>(argument);
  for (int number = 1; number < SIGRTMIN; ++number) {
    if (number != SIGKILL && number != SIGSTOP) ::signal(number, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() == start->parent && place_files(*start)) {
    ::execv(start->program, start->arguments);
  }
  start->error = errno;
  ::_exit(127);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  // execv(3) takes char*const* for history's sake; it does not write.
  for (const std::string& text : texts)
    out.push_back(const_cast<char*>(text.c_str()));  // NOLINT
  out.push_back(nullptr);
  return out;
}

}  // namespace

Helper Helper::start(const Setup& setup) {
  Helper helper;
  helper.has_ports_ = setup.has_ports;
  helper.log_ = sys::open_file(setup.log, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
  const std::vector<char*> arguments = pointers(setup.arguments);
  Start start{.program = setup.program.c_str(),
              .arguments = arguments.data(),
              .files = &setup.files,
              .log = helper.log_.get(),
              .parent = ::getpid()};
  alignas(16) std::array<char, kStack> stack{};
  const pid_t pid =
      ::clone(run, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
  if (pid < 0) throw base::SysError("clone");
  helper.child_ = sys::Child(pid);
  if (start.error != 0) throw base::SysError("run " + setup.program, start.error);
  helper.process_ = sys::open_child(pid);
  return helper;
}

// A process that holds a TAP device takes 10 to 30 ms to die: the kernel waits until nobody can use
// the device any more. Nobody has to watch, unless its ports are going to be wanted again.
Helper::~Helper() {
  if (!child_ || has_ports_) return;
  const pid_t pid = child_.release();
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, WNOHANG);
}

std::string Helper::last_words() const {
  ::lseek(log_.get(), 0, SEEK_SET);
  std::string last = "it ended without a word";
  const std::string said = sys::read_all(log_);
  for (const std::string& line : base::split(said, '\n')) {
    // pasta complains so about each line when no system logger listens.
    const bool is_noise = line.starts_with("Failed to send") || base::trim(line).empty();
    if (!is_noise) last = base::trim(line);
  }
  return last;
}

}  // namespace network
