// The life of a recruit: it enters the user's namespace, waits for its sandbox, and is the
// sandbox's monitor from then on. Whatever fails before that is answered to the first request,
// since only then somebody listens.
#include "pkg/containers/recruit.hpp"

#include "pkg/base/error.hpp"
#include "pkg/containers/crew.hpp"
#include "pkg/monitor/monitor.hpp"
#include "pkg/monitor/protocol.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/interruption.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/sys/socket.hpp"
#include "pkg/userns/enter.hpp"

#include <array>

#include <fcntl.h>
#include <unistd.h>

namespace containers {
namespace {

// What it keeps of the command's descriptors: standard error (until it has answered), its socket,
// and what a container shall have. A pipe of the caller's shell held open would make the caller
// wait for ever.
void let_go_of_caller(const sys::Fd& socket, unsigned kept_files) {
  sys::close_all_but({socket.get()}, 3 + static_cast<int>(kept_files));
  const sys::Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  ::dup2(null.get(), STDIN_FILENO);
  ::dup2(null.get(), STDOUT_FILENO);
}

void serve(const home::Home& home, sys::Fd socket, unsigned kept_files) {
  userns::Mapping mapping = userns::enter(home);
  userns::hold(home);
  // The lock is only held: it goes with us.
  if (std::optional<sys::Message> order = sys::receive_message(socket)) {
    const base::Json json = base::Json::parse(order->bytes);
    Crew crew(home, json.at("id").as_string(), json.bool_or("pod", false), std::move(mapping));
    crew.keep_files(kept_files);
    monitor::run(crew, std::move(order->files.at(1)), std::move(socket));
  }
  userns::release(home);
}

[[noreturn]] void live(const home::Home& home, sys::Fd socket, unsigned kept_files) {
  const sys::Fd errors = socket.duplicate();
  try {
    serve(home, std::move(socket), kept_files);
  } catch (const base::Error& error) {
    monitor::send(errors,
                  base::Json::object({{"error", error.what()}, {"status", error.status()}}));
    // Closed with a request unread in it, the socket would lose our answer.
    while (monitor::receive(errors)) {
    }
  }
  ::_exit(0);
}

}  // namespace

Recruit Recruit::enlist(const home::Home& home, unsigned kept_files) {
  auto [ours, theirs] = sys::make_socket_pair();
  const pid_t pid = ::fork();
  if (pid < 0) throw base::SysError("start a monitor");
  if (pid > 0) return Recruit(std::move(ours));
  ::setsid();
  sys::reset_signals();
  sys::forget_interruption();
  if (::chdir("/") != 0) ::_exit(1);
  (void)ours.release();
  let_go_of_caller(theirs, kept_files);
  live(home, std::move(theirs), kept_files);
}

sys::Fd Recruit::adopt(const Sandbox& sandbox, const sys::Lock& lock, const sys::Fd& listener) && {
  const base::Json order = base::Json::object({{"id", sandbox.id}, {"pod", sandbox.is_pod}});
  const std::array<int, 2> files = {lock.file().get(), listener.get()};
  // Should it be gone, whoever talks to it next learns that.
  sys::send_message(socket_, order.dump(), files);
  return std::move(socket_);
}

}  // namespace containers
