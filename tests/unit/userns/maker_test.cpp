#include "pkg/userns/maker.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <thread>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr auto kCallAt = static_cast<unsigned>(offsetof(seccomp_data, nr));
constexpr auto kFlagsAt = static_cast<unsigned>(offsetof(seccomp_data, args) + 2 * 8);

// Opening a file to write it, as the maps of a new namespace are, is the end of this process.
bool die_at_first_write() {
  std::array<sock_filter, 7> filter = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kCallAt),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kFlagsAt),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, O_ACCMODE),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, O_WRONLY, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog program = {filter.size(), filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

// On one processor who is to sleep in the namespace has hardly begun by then.
[[noreturn]] void make_and_die() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(::sched_getcpu(), &one);
  ::sched_setaffinity(0, sizeof one, &one);
  userns::Mapping mapping;
  mapping.uids = {{0, ::geteuid(), 1}};
  mapping.gids = {{0, ::getegid(), 1}};
  mapping.reason = "a test";
  if (die_at_first_write()) userns::make_namespace(mapping);
  ::_exit(0);
}

// What our dead children leave becomes ours.
bool are_all_gone() {
  for (int tries = 0; tries < 200; ++tries) {
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    if (errno == ECHILD) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

TEST(Maker, LeavesNobodyBehindWhenItIsKilled) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  for (int round = 0; round < 20; ++round) {
    const pid_t pid = ::fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) make_and_die();
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFSIGNALED(status)) << "round " << round << ": " << status;
    ASSERT_TRUE(are_all_gone()) << "round " << round;
  }
}

}  // namespace
