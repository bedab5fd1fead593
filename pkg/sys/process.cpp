#include "pkg/sys/process.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sys {
namespace {

Fd open_pidfd(pid_t pid) {
  return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

}  // namespace

std::optional<ProcessName> find_process(pid_t pid) {
  std::optional<std::string> stat;
  try {
    stat = find_file("/proc/" + std::to_string(pid) + "/stat");
  } catch (const base::SysError& error) {
    if (error.number() != ESRCH) throw;  // it ended between open and read
  }
  if (!stat) return std::nullopt;
  // The second field is the program's name in parentheses and may hold anything.
  const std::size_t name_end = stat->rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  const auto fields = base::split(std::string_view(*stat).substr(name_end + 2), ' ');
  if (fields.size() < 20 || fields[0] == "Z" || fields[0] == "X") return std::nullopt;
  const auto start = base::parse_integer(fields[19]);
  return ProcessName{pid, static_cast<std::uint64_t>(start.value_or(0))};
}

void open_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // The lowest free number is this one. Programs that we start inherit it.
    // NOLINTNEXTLINE(android-cloexec-open)
    if (::open("/dev/null", O_RDWR) < 0) throw base::SysError("open /dev/null");
  }
}

void forbid_core_files() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

void set_title(const char* title) {
  ::prctl(PR_SET_NAME, title);
  char* const words = program_invocation_name;  // argv[0], and behind it the others
  const std::size_t size = find_file("/proc/self/cmdline").value_or("").size();
  if (size == 0) return;
  std::memset(words, 0, size);
  std::strncpy(words, title, size - 1);
}

bool is_alive(const ProcessName& process) {
  return process.pid > 0 && find_process(process.pid) == process;
}

std::optional<Fd> open_process(const ProcessName& process) {
  if (process.pid <= 0) return std::nullopt;
  Fd fd = open_pidfd(process.pid);
  if (!fd && errno == ESRCH) return std::nullopt;
  if (!fd) throw base::SysError("pidfd_open");
  if (!is_alive(process)) return std::nullopt;  // after opening: now the number cannot change hands
  return fd;
}

Fd open_child(pid_t pid) {
  Fd fd = open_pidfd(pid);
  if (!fd) throw base::SysError("pidfd_open");
  return fd;
}

bool send_signal(const Fd& process, int signal) {
  if (::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0) return true;
  if (errno == ESRCH) return false;
  throw base::SysError("send signal " + std::to_string(signal));
}

bool wait_for_end(const Fd& process, int timeout_ms) {
  pollfd poll{process.get(), POLLIN, 0};
  while (true) {
    const int ready = ::poll(&poll, 1, timeout_ms);
    if (ready >= 0) return ready > 0;
    if (errno != EINTR) throw base::SysError("poll");
  }
}

}  // namespace sys
