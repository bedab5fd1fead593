// crun, on hosts that have cgroup version 2 beside version 1. There it refuses to work as soon as
// version 2 has a controller. So it does not get to see which ones there are: it runs in a mount
// namespace that covers that file. An ordinary user gets a user namespace with all ids first, as
// crun would make it for itself.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr const char* kControllers = "/sys/fs/cgroup/unified/cgroup.controllers";

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  ::_exit(125);
}

// A line of /etc/subuid or /etc/subgid: "name:first:count".
std::pair<std::string, std::string> ids_of(const char* file) {
  const char* user = std::getenv("USER");
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (user == nullptr || line.substr(0, first) != user) continue;
    return {line.substr(first + 1, second - first - 1), line.substr(second + 1)};
  }
  return {};
}

// Waits for `gate` to close, then maps the ids of its parent.
pid_t start_mapping(const int (&gate)[2], const char* program, const char* file, unsigned own) {
  const std::string target = std::to_string(::getpid());
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::close(gate[1]);
  char byte = 0;
  (void)!::read(gate[0], &byte, 1);
  const auto [first, count] = ids_of(file);
  ::execlp(program, program, target.c_str(), "0", std::to_string(own).c_str(), "1", "1",
           first.c_str(), count.c_str(), nullptr);
  give_up(program);
}

void enter_user_namespace() {
  int gate[2];
  if (::pipe2(gate, O_CLOEXEC) != 0) give_up("pipe");
  const pid_t users = start_mapping(gate, "newuidmap", "/etc/subuid", ::getuid());
  const pid_t groups = start_mapping(gate, "newgidmap", "/etc/subgid", ::getgid());
  if (::unshare(CLONE_NEWUSER) != 0) give_up("unshare");
  ::close(gate[1]);
  ::waitpid(users, nullptr, 0);
  ::waitpid(groups, nullptr, 0);
  if (::setgid(0) != 0 || ::setuid(0) != 0) give_up("setuid");
}

}  // namespace

int main(int /*count*/, char** words) {
  if (::geteuid() != 0) enter_user_namespace();
  if (::unshare(CLONE_NEWNS) != 0) give_up("unshare");
  ::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr);
  ::mount("/dev/null", kControllers, nullptr, MS_BIND, nullptr);
  ::execvp("crun", words);
  give_up("crun");
}
