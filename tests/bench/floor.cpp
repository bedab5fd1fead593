// The least that any rootless runtime has to do: clone into new namespaces, newuidmap and newgidmap
// side by side, an overlay mount, proc, pivot_root, exec, wait.
//
//   floor ROOT UPPER WORK FIRST_ID COUNT COMMAND...
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <sched.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace {

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  ::_exit(125);
}

pid_t start(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  if (::posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ) != 0) give_up(argv[0]);
  return pid;
}

[[noreturn]] void become(char** words, const char* where) {
  const std::string options = std::string("lowerdir=") + words[1] + ",upperdir=" + words[2] +
                              ",workdir=" + words[3] + ",userxattr";
  if (::mount("overlay", where, "overlay", 0, options.c_str()) != 0) give_up("overlay");
  if (::chdir(where) != 0) give_up(where);
  ::mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  if (::syscall(SYS_pivot_root, ".", ".") != 0) give_up("pivot_root");
  if (::umount2(".", MNT_DETACH) != 0 || ::chdir("/") != 0) give_up("umount");
  ::execv(words[6], words + 6);
  give_up(words[6]);
}

}  // namespace

int main(int count, char** words) {
  if (count < 7) return 125;
  int gate[2];
  if (::pipe(gate) != 0) give_up("pipe");
  const unsigned long flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET |
                              CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | SIGCHLD;
  const pid_t child = static_cast<pid_t>(::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, 0));
  if (child == 0) {
    char byte = 0;
    ::close(gate[1]);
    (void)!::read(gate[0], &byte, 1);
    if (::setgid(0) != 0 || ::setuid(0) != 0) give_up("setuid");
    become(words, words[1]);  // mounted over its own lower layer: no further folder is needed
  }
  const std::string pid = std::to_string(child);
  const pid_t users =
      start({"newuidmap", pid, "0", std::to_string(::getuid()), "1", "1", words[4], words[5]});
  const pid_t groups =
      start({"newgidmap", pid, "0", std::to_string(::getgid()), "1", "1", words[4], words[5]});
  ::waitpid(users, nullptr, 0);
  ::waitpid(groups, nullptr, 0);
  ::close(gate[1]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
