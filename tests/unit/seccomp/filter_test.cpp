// Filters at work: each question is asked by a child that has installed one.
#include "pkg/base/error.hpp"
#include "pkg/seccomp/compile.hpp"
#include "pkg/sys/caps.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gmock/gmock.h>

#include <cerrno>
#include <csignal>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using testing::HasSubstr;

constexpr long kNoSuchCall = 9999;  // NOLINT(google-runtime-int): as in syscall(2)
constexpr int kNoFilter = 250;

struct Call {
  const char* name;
  long number;                   // NOLINT(google-runtime-int)
  long first = -1, second = -1;  // NOLINT(google-runtime-int)
  long third = 0;                // NOLINT(google-runtime-int)
};

bool install(const seccomp::Program& program) {
  sock_fprog filter{};
  filter.len = static_cast<unsigned short>(program.size() / sizeof(sock_filter));  // NOLINT
  // NOLINTNEXTLINE: the kernel only reads it.
  filter.filter = reinterpret_cast<sock_filter*>(const_cast<char*>(program.data()));
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0;
}

// The call's errno under the filter, 0 when it works; 128 and a signal's number when it kills.
int answer(const seccomp::Program& program, const Call& call) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (!install(program)) ::_exit(kNoFilter);
    const bool works = ::syscall(call.number, call.first, call.second, call.third, 0, 0, 0) >= 0;
    ::_exit(works ? 0 : errno);
  }
  return sys::Child(pid).wait();
}

class Filter : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/pod-seccomp-test-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    home.cache = pattern;
  }
  void TearDown() override { sys::remove_tree(home.cache); }

  seccomp::Program with(const std::vector<std::string>& capabilities) const {
    return seccomp::default_program(home, sys::capability_set(capabilities));
  }
  seccomp::Program of_file(const std::string& text) const {
    sys::replace_file(home.cache + "/profile.json", text);
    return seccomp::compile_profile(home, home.cache + "/profile.json", 0);
  }

  home::Home home;
};

TEST_F(Filter, AllowsWhatOrdinaryProgramsDo) {
  const seccomp::Program program = with({});

  EXPECT_EQ(answer(program, {"getpid", SYS_getpid}), 0);
  EXPECT_EQ(answer(program, {"openat", SYS_openat}), EFAULT);
  EXPECT_EQ(answer(program, {"socket", SYS_socket, AF_INET, SOCK_STREAM}), 0);
  EXPECT_EQ(answer(program, {"unshare", SYS_unshare, 0}), 0);
  EXPECT_EQ(answer(program, {"personality", SYS_personality, 0xffffffff}), 0);
}

TEST_F(Filter, RefusesWhatIsNotForContainers) {
  const Call calls[] = {
      {"bpf", SYS_bpf},
      {"quotactl", SYS_quotactl},
      {"kexec_load", SYS_kexec_load},
      {"init_module", SYS_init_module},
      {"open_by_handle_at", SYS_open_by_handle_at},
      {"perf_event_open", SYS_perf_event_open},
      {"userfaultfd", SYS_userfaultfd},
      {"swapon", SYS_swapon},
  };
  const seccomp::Program program = with({});
  for (const Call& call : calls)
    EXPECT_EQ(answer(program, call), EPERM) << call.name;
}

TEST_F(Filter, OpensWhatACapabilityStandsFor) {
  EXPECT_EQ(answer(with({"SYS_ADMIN"}), {"quotactl", SYS_quotactl}), EINVAL);
  EXPECT_EQ(answer(with({"SYS_CHROOT"}), {"chroot", SYS_chroot}), EFAULT);
  EXPECT_EQ(answer(with({}), {"chroot", SYS_chroot}), EPERM);
  EXPECT_EQ(answer(with({"NET_ADMIN"}), {"quotactl", SYS_quotactl}), EPERM);
}

TEST_F(Filter, AnswersCallsNobodyKnowsAsAnOlderKernelDoes) {
  EXPECT_EQ(answer(with({}), {"", kNoSuchCall}), ENOSYS);
  EXPECT_EQ(answer(with({}), {"personality", SYS_personality, 0x0040000 /* ADDR_NO_RANDOMIZE */}),
            ENOSYS);
}

TEST_F(Filter, HidesTheAuditSystem) {
  const Call audit{"socket", SYS_socket, AF_NETLINK, SOCK_RAW, 9 /* NETLINK_AUDIT */};

  EXPECT_EQ(answer(with({}), audit), EINVAL);
  EXPECT_EQ(answer(with({"AUDIT_WRITE"}), audit), 0);
}

TEST_F(Filter, IsCompiledOnceForEachSetOfCapabilities) {
  const seccomp::Program first = with({});
  const std::size_t files = sys::list_dir(home.cache + "/seccomp").size();

  EXPECT_EQ(with({}), first);
  EXPECT_EQ(sys::list_dir(home.cache + "/seccomp").size(), files);
  EXPECT_NE(with({"SYS_ADMIN"}), first);
  EXPECT_EQ(sys::list_dir(home.cache + "/seccomp").size(), files + 1);
}

TEST_F(Filter, ComesFromAFileOfTheUser) {
  const seccomp::Program program = of_file(R"({
    "defaultAction": "SCMP_ACT_ALLOW",
    "syscalls": [
      {"names": ["mkdir", "no_such_call"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95},
      {"names": ["rmdir"], "action": "SCMP_ACT_ERRNO"},
      {"names": ["getppid"], "action": "SCMP_ACT_KILL_PROCESS"},
      {"names": ["dup"], "action": "SCMP_ACT_ERRNO",
       "args": [{"index": 0, "value": 77, "op": "SCMP_CMP_EQ"}]}
    ]})");

  EXPECT_EQ(answer(program, {"getpid", SYS_getpid}), 0);
  EXPECT_EQ(answer(program, {"mkdir", SYS_mkdir}), EOPNOTSUPP);
  EXPECT_EQ(answer(program, {"rmdir", SYS_rmdir}), EPERM);
  EXPECT_EQ(answer(program, {"getppid", SYS_getppid}), 128 + SIGSYS);
  EXPECT_EQ(answer(program, {"dup", SYS_dup, 77}), EPERM);
  EXPECT_EQ(answer(program, {"dup", SYS_dup, 78}), EBADF);
}

TEST_F(Filter, NamesTheFileThatIsNoProfile) {
  try {
    of_file(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["dup"]}]})");
    FAIL() << "nothing thrown";
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("profile.json: syscalls[0]"));
  }
}

}  // namespace
