#include "pkg/runtime/failure.hpp"

#include "pkg/base/log.hpp"

#include <array>
#include <cerrno>
#include <string>

namespace runtime {
namespace {

// In the order of Step.
constexpr std::array kWords = {"join namespace",
                               "start process",
                               "hostname",
                               "sysctl",
                               "open",
                               "root",
                               "mount",
                               "mask",
                               "make read-only",
                               "limits",
                               "take",
                               "capabilities",
                               "seccomp",
                               "working directory",
                               "exec",
                               "hook",
                               "set",
                               "make keyring",
                               "apparmor",
                               "show",
                               "hooks",
                               "gate"};

base::Error sentence(const std::string& step, int number, int status) {
  return base::Error(step + ": " + base::describe_errno(number), status);
}

base::Error hook_error(const Failure& failure) {
  const std::string step = std::string("hook ") + &failure.subject[0];
  if (failure.number == 0) return base::Error(step + ": failed");
  if (failure.number == ETIMEDOUT) return base::Error(step + ": took longer than its timeout");
  return sentence(step, failure.number, 125);
}

base::Error exec_error(const Failure& failure) {
  const std::string step = std::string("exec ") + &failure.subject[0];
  const bool is_path = step.find('/') != std::string::npos;
  switch (failure.number) {
    case ENOENT:
    case ENOTDIR:
      if (!is_path) return base::Error(step + ": no such command in $PATH", 127);
      return sentence(step, failure.number, 127);
    case ELIBACC:
      return base::Error(step +
                             ": no such file or directory: its interpreter (#! line or dynamic "
                             "loader) is missing",
                         127);
    case ENOEXEC:
      return base::Error(step + ": not a program for this machine, nor a script with a #! line",
                         126);
    default:
      return sentence(step, failure.number, 126);
  }
}

bool read_report(const sys::Fd& report, Failure& failure) {
  ssize_t count = 0;
  do {
    count = ::read(report.get(), &failure, sizeof failure);
  } while (count < 0 && errno == EINTR);
  failure.subject[sizeof failure.subject - 1] = '\0';
  return count == static_cast<ssize_t>(sizeof failure);
}

}  // namespace

std::optional<Failure> next_report(const sys::Fd& report) {
  Failure failure;
  if (!read_report(report, failure)) return std::nullopt;
  return failure;
}

std::optional<Failure> read_failure(const sys::Fd& report) {
  Failure failure;
  while (read_report(report, failure)) {
    if (failure.step != Step::ShowHostsProc) return failure;
    base::log::warn(
        "parts of our own /proc are hidden, as in an unprivileged container: the container gets no "
        "/proc of its own and sees ours");
  }
  return std::nullopt;
}

base::Error to_error(const Failure& failure) {
  if (failure.step == Step::Exec) return exec_error(failure);
  if (failure.step == Step::Hook) return hook_error(failure);
  std::string step = kWords.at(static_cast<std::size_t>(failure.step));
  if (failure.subject[0] != '\0') step += std::string(" ") + &failure.subject[0];
  if (failure.step == Step::Identity && failure.number == EINVAL) {
    return base::Error(step + ": the id is not one that this user namespace has");
  }
  int status = 125;
  if (failure.step == Step::WorkingDirectory) status = failure.number == ENOENT ? 127 : 126;
  return sentence(step, failure.number, status);
}

}  // namespace runtime
