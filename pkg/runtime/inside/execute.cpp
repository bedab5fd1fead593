#include "pkg/runtime/inside/calls.hpp"
#include "pkg/runtime/inside/stages.hpp"

#include <climits>

#include <sys/ioctl.h>
#include <sys/stat.h>

namespace runtime::inside {
namespace {

bool become_stream(int from, int number) noexcept {
  if (from < 0 || from == number) return true;
  return ::dup2(from, number) >= 0;
}

bool is_directory(const char* path) noexcept {
  struct stat status {};
  return ::stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_worth_another(int number) noexcept {
  return number == ENOENT || number == ENOTDIR || number == EACCES || number == ENAMETOOLONG;
}

// Where we are is not below our root: a magic link of /proc led there. See getcwd(2).
bool is_outside() noexcept {
  char path[PATH_MAX];  // NOLINT(modernize-avoid-c-arrays)
  return ::syscall(SYS_getcwd, &path[0], sizeof path) > 0 && path[0] != '/';
}

// What execve(2) would say of the file, as far as that can be known before.
int why_not(const char* file) noexcept {
  struct stat status {};
  if (::stat(file, &status) != 0) return errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  return ::access(file, X_OK) == 0 ? 0 : errno;
}

}  // namespace

void wait_at(int gate) noexcept {
  if (gate < 0) return;
  char byte = 0;
  ssize_t count = 0;
  do {
    count = ::read(gate, &byte, 1);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) ::_exit(125);
}

bool wait_for_start(const Plan& plan, Subject& /*subject*/) noexcept {
  tell(plan, Step::AtGate);
  wait_at(plan.gate);
  return true;
}

bool take_streams(const Plan& plan, Subject& subject) noexcept {
  subject = "streams";
  if (!become_stream(plan.in, 0) || !become_stream(plan.out, 1) || !become_stream(plan.err, 2)) {
    return false;
  }
  subject = "terminal";
  return !plan.has_terminal || ::ioctl(0, TIOCSCTTY, 0) == 0;
}

bool change_directory(const Plan& plan, Subject& subject) noexcept {
  subject = plan.directory;
  if (::chdir(plan.directory) != 0) return false;
  if (!is_outside()) return true;
  errno = ENOENT;
  return false;
}

// Who creates a container now and starts it later wants to hear it now.
bool look_for_program(const Plan& plan, Subject& subject) noexcept {
  if (!plan.looks_first) return true;
  subject = plan.name;
  int worst = ENOENT;
  for (const char* file : plan.candidates) {
    const int number = why_not(file);
    if (number == 0) return true;
    if (number == EACCES || number == EISDIR) {
      worst = number;
      subject = file;
    }
  }
  errno = worst;
  return false;
}

bool execute(const Plan& plan, Subject& subject) noexcept {
  subject = plan.name;
  if (plan.has_init && !become_init(plan)) return false;
  int worst = ENOENT;
  for (const char* file : plan.candidates) {
    ::execve(file, plan.argv, plan.envp);
    if (errno == EACCES && is_directory(file)) errno = EISDIR;
    if (errno == ENOENT) errno = ::access(file, F_OK) == 0 ? ELIBACC : ENOENT;
    if (!is_worth_another(errno)) {
      subject = file;
      return false;
    }
    if (errno == EACCES) {
      worst = EACCES;
      subject = file;
    }
  }
  errno = worst;
  return false;
}

}  // namespace runtime::inside
