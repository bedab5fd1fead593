// How a monitor comes to be. Who takes the lock in the sandbox's runtime folder makes the socket
// and gives both to a recruit; whoever comes second finds the lock held and a socket on which its
// request waits until the monitor is ready. The lock goes with the monitor.
#include "pkg/containers/supervise.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/monitor/protocol.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/lock.hpp"
#include "pkg/sys/socket.hpp"

#include <array>
#include <chrono>
#include <span>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace containers {
namespace {

// Takes the recruit that is at hand, else a new one.
sys::Fd become(const home::Home& home, const Sandbox& sandbox, const sys::Lock& lock,
               std::optional<Recruit>& recruit) {
  const sys::Fd listener = sys::listen_at(sandbox.runtime_directory, monitor::kSocketName);
  Recruit chosen = recruit ? *std::exchange(recruit, std::nullopt) : Recruit::enlist(home);
  return std::move(chosen).adopt(sandbox, lock, listener);
}

std::string name_of(const Sandbox& sandbox) {
  return (sandbox.is_pod ? "pod " : "container ") + base::short_id(sandbox.id);
}

// What was removed has no monitor; the folder that we made for one goes again.
bool is_removed(const Sandbox& sandbox) {
  if (sys::exists(sandbox.directory)) return false;
  sys::remove_tree(sandbox.runtime_directory);
  return true;
}

void expect_living(const Sandbox& sandbox) {
  if (!is_removed(sandbox)) return;
  throw base::Error(name_of(sandbox) + " was removed before it could be started");
}

// The lock's holder may be about to listen, or about to end.
sys::Fd reach(const home::Home& home, const Sandbox& sandbox, std::optional<Recruit>& recruit) {
  for (int attempt = 0; attempt < 5000; ++attempt) {
    const auto lock = try_lock_monitor(sandbox);
    expect_living(sandbox);
    if (lock) {
      return become(home, sandbox, *lock, recruit);
    }
    if (auto socket = sys::connect_to(sandbox.runtime_directory, monitor::kSocketName)) {
      return std::move(*socket);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  throw base::Error(name_of(sandbox) + ": its monitor does not answer");
}

std::optional<base::Json> converse(const sys::Fd& socket, const base::Json& request) {
  const std::array<int, 3> streams = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
  const bool passes = request.bool_or("streams", false);
  const auto files = passes ? std::span<const int>(streams) : std::span<const int>();
  if (!monitor::send(socket, request, files)) return std::nullopt;
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

// The folder may be swept away at any moment while nobody has the lock.
std::optional<sys::Lock> try_lock_monitor(const Sandbox& sandbox) {
  sys::make_dirs(sandbox.runtime_directory, 0700);
  const std::string path = sandbox.runtime_directory + "/" + monitor::kLockName;
  sys::Fd(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
  return sys::Lock::try_take(path);
}

Conversation ask_or_start(const home::Home& home, const Sandbox& sandbox, const base::Json& request,
                          std::optional<Recruit> recruit) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    sys::Fd socket = reach(home, sandbox, recruit);
    auto answer = converse(socket, request);
    if (!answer) continue;  // it ended for want of work before it saw us
    if (answer->find("error") != nullptr) is_removed(sandbox);
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
