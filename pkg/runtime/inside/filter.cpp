// A filter with a listener stops its own process at the next call that somebody is to be asked
// about, and sending the listener away takes calls. So somebody who shares our open files, and was
// made before there was a filter, waits until the listener is there and sends it.
#include "pkg/runtime/inside/calls.hpp"
#include "pkg/runtime/inside/stages.hpp"

#include <csignal>

#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/socket.h>

namespace runtime::inside {
namespace {

int load(const Plan& plan, unsigned flags) noexcept {
  sock_fprog program{};
  program.len = static_cast<unsigned short>(plan.filter_size / sizeof(sock_filter));  // NOLINT
  // NOLINTNEXTLINE: the kernel only reads it.
  program.filter = reinterpret_cast<sock_filter*>(const_cast<char*>(plan.filter));
  return call(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}

// The text is what whoever made us has written by now, to the last byte.
std::size_t read_text(const Plan& plan) noexcept {
  const ListenerPlan& listener = plan.listener;
  ::lseek(listener.file, 0, SEEK_SET);
  std::size_t size = 0;
  while (size < listener.size) {
    const ssize_t count = ::read(listener.file, listener.text + size, listener.size - size);
    if (count <= 0) break;
    size += static_cast<std::size_t>(count);
  }
  return size;
}

bool send_away(const ListenerPlan& listener, std::size_t size, int file) noexcept {
  iovec part{listener.text, size};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};  // NOLINT
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = &control[0];
  header.msg_controllen = sizeof control;
  cmsghdr* rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  ::memcpy(CMSG_DATA(rights), &file, sizeof file);
  return ::sendmsg(listener.socket, &header, MSG_NOSIGNAL) >= 0;
}

// Until it is open: the number is the lowest that was free, and nobody else opens anything.
[[noreturn]] void wait_and_send(const Plan& plan, int file, pid_t parent) noexcept {
  const std::size_t size = read_text(plan);
  const timespec moment{0, 1000000};
  while (::fcntl(file, F_GETFD) < 0) {
    if (::getppid() != parent) ::_exit(1);
    ::syscall(SYS_nanosleep, &moment, nullptr);
  }
  ::_exit(send_away(plan.listener, size, file) ? 0 : 1);
}

// Nobody can wait for that child: exec takes the word of it back.
void reap_by_itself() noexcept {
  struct Action {
    void (*handler)(int);
    unsigned long flags;  // NOLINT(google-runtime-int)
    void (*restorer)();
    SignalSet mask;
  };
  const Action action{SIG_DFL, SA_NOCLDWAIT, nullptr, 0};
  ::syscall(SYS_rt_sigaction, SIGCHLD, &action, nullptr, sizeof action.mask);
}

bool load_with_listener(const Plan& plan) noexcept {
  const int file = ::dup(plan.listener.socket);
  if (file < 0) return false;
  ::close(file);
  reap_by_itself();
  clone_args arguments{};
  arguments.flags = CLONE_FILES;
  arguments.exit_signal = SIGCHLD;
  const pid_t self = ::getpid();
  const auto child = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
  // In a new pid namespace its parent is number 1 as we are: getpid(2) says so to both.
  if (child == 0) wait_and_send(plan, file, self);
  if (child < 0) return false;
  unsigned flags = plan.filter_flags | SECCOMP_FILTER_FLAG_NEW_LISTENER;
  if ((flags & SECCOMP_FILTER_FLAG_TSYNC) != 0) flags |= SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
  return load(plan, flags) >= 0;
}

}  // namespace

bool install_filter(const Plan& plan) noexcept {
  if (plan.filter_size == 0) return true;
  if (plan.listener.socket >= 0) return load_with_listener(plan);
  return load(plan, plan.filter_flags) == 0;
}

}  // namespace runtime::inside
