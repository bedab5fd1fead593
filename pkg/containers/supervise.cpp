// How a monitor comes to be. Who takes the lock in the sandbox's runtime folder makes the socket
// and forks; lock and listening socket pass to the child, so whoever comes second finds the lock
// held and a socket on which its request waits until the monitor is ready. The lock goes with the
// monitor.
#include "pkg/containers/supervise.hpp"

#include "pkg/base/error.hpp"
#include "pkg/containers/crew.hpp"
#include "pkg/monitor/monitor.hpp"
#include "pkg/monitor/protocol.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/lock.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/sys/socket.hpp"
#include "pkg/userns/enter.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace containers {
namespace {

// What the monitor keeps of the command's descriptors: standard error (until it has answered) and
// these. A pipe of the caller's shell held open would make the caller wait for ever.
void close_all_but(std::array<int, 3> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned first = 3;
  for (const int fd : kept) {
    const auto number = static_cast<unsigned>(fd);
    if (number > first) ::close_range(first, number - 1, 0);
    first = number + 1;
  }
  ::close_range(first, ~0U, 0);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(null, STDIN_FILENO);
  ::dup2(null, STDOUT_FILENO);
  ::close(null);
}

[[noreturn]] void become_monitor(const home::Home& home, const Sandbox& sandbox, sys::Fd listener,
                                 sys::Fd first) {
  const sys::Fd errors = first.duplicate();
  try {
    userns::Mapping mapping = userns::enter(home);
    userns::hold(home);
    Crew crew(home, sandbox, std::move(mapping));
    monitor::run(crew, std::move(listener), std::move(first));
    userns::release(home);
  } catch (const base::Error& error) {
    monitor::send(errors,
                  base::Json::object({{"error", error.what()}, {"status", error.status()}}));
  }
  ::_exit(0);
}

sys::Fd fork_monitor(const home::Home& home, const Sandbox& sandbox, const sys::Lock& lock) {
  sys::Fd listener = sys::listen_at(sandbox.runtime_directory, monitor::kSocketName);
  auto [ours, theirs] = sys::make_socket_pair();
  const pid_t pid = ::fork();
  if (pid < 0) throw base::SysError("start a monitor");
  if (pid > 0) return std::move(ours);
  ::setsid();
  sys::reset_signals();
  if (::chdir("/") != 0) ::_exit(1);
  (void)ours.release();
  close_all_but({lock.file().get(), listener.get(), theirs.get()});
  become_monitor(home, sandbox, std::move(listener), std::move(theirs));
}

// The lock's holder may be about to listen, or about to end.
sys::Fd reach(const home::Home& home, const Sandbox& sandbox) {
  sys::make_dirs(sandbox.runtime_directory, 0700);
  const std::string lock_path = sandbox.runtime_directory + "/" + monitor::kLockName;
  sys::Fd(::open(lock_path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
  for (int attempt = 0; attempt < 5000; ++attempt) {
    if (const auto lock = sys::Lock::try_take(lock_path)) return fork_monitor(home, sandbox, *lock);
    if (auto socket = sys::connect_to(sandbox.runtime_directory, monitor::kSocketName)) {
      return std::move(*socket);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  throw base::Error("the monitor in " + sandbox.runtime_directory + " does not answer");
}

std::optional<base::Json> converse(const sys::Fd& socket, const base::Json& request) {
  if (!monitor::send(socket, request)) return std::nullopt;
  const auto packet = monitor::receive(socket);
  if (!packet) return std::nullopt;
  return packet->json();
}

void throw_if_error(const base::Json& answer) {
  if (const base::Json* text = answer.find("error")) {
    throw base::Error(text->as_string(), static_cast<int>(answer.integer_or("status", 125)));
  }
}

}  // namespace

Conversation ask_or_start(const home::Home& home, const Sandbox& sandbox,
                          const base::Json& request) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    sys::Fd socket = reach(home, sandbox);
    auto answer = converse(socket, request);
    if (!answer) continue;  // it ended for want of work before it saw us
    throw_if_error(*answer);
    return {std::move(socket), std::move(*answer)};
  }
  throw base::Error("the monitor was killed while it started the container");
}

std::optional<sys::Fd> send_request(const Sandbox& sandbox, const base::Json& request) {
  auto socket = sys::connect_to(sandbox.runtime_directory, monitor::kSocketName);
  if (!socket || !monitor::send(*socket, request)) return std::nullopt;
  return socket;
}

std::optional<Conversation> ask(const Sandbox& sandbox, const base::Json& request) {
  auto socket = send_request(sandbox, request);
  const auto packet = socket ? monitor::receive(*socket) : std::nullopt;
  if (!packet) return std::nullopt;
  const base::Json answer = packet->json();
  throw_if_error(answer);
  return Conversation{std::move(*socket), answer};
}

}  // namespace containers
