#include "pkg/runtime/inside/calls.hpp"
#include "pkg/runtime/inside/stages.hpp"

#include <sys/ioctl.h>
#include <sys/stat.h>

namespace runtime::inside {
namespace {

bool become_stream(int from, int number) noexcept {
  if (from < 0 || from == number) return true;
  return ::dup2(from, number) >= 0;
}

// Who made us either says go, or has ended.
void wait_at(int gate) noexcept {
  if (gate < 0) return;
  char byte = 0;
  ssize_t count = 0;
  do {
    count = ::read(gate, &byte, 1);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) ::_exit(125);
}

bool is_directory(const char* path) noexcept {
  struct stat status {};
  return ::stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_worth_another(int number) noexcept {
  return number == ENOENT || number == ENOTDIR || number == EACCES || number == ENAMETOOLONG;
}

}  // namespace

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
  return ::chdir(plan.directory) == 0;
}

bool execute(const Plan& plan, Subject& subject) noexcept {
  subject = plan.name;
  wait_at(plan.gate);
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
