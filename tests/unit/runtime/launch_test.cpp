#include "pkg/runtime/launch.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/seccomp/compile.hpp"
#include "pkg/sys/caps.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/userns/enter.hpp"
#include "tests/unit/runtime/support.hpp"

#include <gmock/gmock.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using support::Ended;
using testing::HasSubstr;
using testing::Not;

class Launch : public support::ContainerTest {};

TEST_F(Launch, RunsTheCommandAsRootOfItsNamespace) {
  const Ended ended = run_shell("id -u; echo $HOME; echo $$");

  EXPECT_EQ(ended.error, "");
  EXPECT_EQ(ended.out, "0\n/root\n1\n");
}

TEST_F(Launch, RepeatsTheIdsOfTheSession) {
  const userns::Mapping mapping = userns::mapping_of(home);

  const Ended ended = run_shell("cat /proc/self/uid_map");

  EXPECT_EQ(userns::parse_map(ended.out), userns::repeat(mapping.uids));
}

TEST_F(Launch, GivesTheExitStatusOfTheCommand) {
  EXPECT_EQ(run_shell("exit 7").status, 7);
  Running running = start({"sleep", "100"});
  ::kill(running.pid, SIGKILL);
  EXPECT_EQ(running.monitor.wait(), 137);
}

TEST_F(Launch, SaysThatACommandDoesNotExist) {
  const Ended by_name = run({"no-such-command"});
  const Ended by_path = run({"/no/such/command"});

  EXPECT_EQ(by_name.status, 127);
  EXPECT_EQ(by_name.error, "exec no-such-command: no such command in $PATH");
  EXPECT_EQ(by_path.status, 127);
  EXPECT_EQ(by_path.error, "exec /no/such/command: no such file or directory");
}

TEST_F(Launch, SaysThatACommandCannotBeExecuted) {
  sys::create_file(root + "/bin/text", "hello\n", 0755);
  sys::create_file(root + "/bin/script", "#!/no/such/shell\n", 0755);
  sys::create_file(root + "/bin/plain", "", 0644);

  EXPECT_EQ(run({"/etc"}).status, 126);
  EXPECT_EQ(run({"/etc"}).error, "exec /etc: is a directory");
  EXPECT_EQ(run({"text"}).status, 126);
  EXPECT_EQ(run({"plain"}).status, 126);
  EXPECT_EQ(run({"script"}).status, 127);
  EXPECT_THAT(run({"script"}).error, HasSubstr("interpreter"));
}

TEST_F(Launch, RefusesWhatWouldReachTheHost) {
  const Ended ended = run_shell(
      "mount -t tmpfs x /tmp && echo mounted; umount /proc && echo unmounted;"
      "reboot -f && echo rebooted; unshare -m true && echo unshared;"
      "cat /proc/kcore | wc -c; echo 1 > /proc/sys/kernel/panic && echo written;"
      "ls /sys/firmware | wc -l; touch /sys/x && echo touched; exit 0");

  EXPECT_EQ(ended.status, 0);
  for (const char* word :
       {"\nmounted", "\nunmounted", "\nrebooted", "\nunshared", "\nwritten", "\ntouched"}) {
    EXPECT_THAT("\n" + ended.out, Not(HasSubstr(word)));
  }
  EXPECT_THAT(ended.out, HasSubstr("\n0\n"));
}

// Class: a link in the image makes a mount land outside of the root.
TEST_F(Launch, MountsInsideTheRootThoughLinksLeadOut) {
  sys::make_dirs(folder + "/outside");
  sys::make_dirs(folder + "/source");
  sys::create_file(folder + "/source/seen", "yes");
  sys::make_link("../../../.." + folder + "/outside", root + "/data");
  spec.mounts.push_back({"/data/volume", "bind", folder + "/source", {"rbind", "rw"}, ""});

  const Ended ended = run_shell("cat /data/volume/seen");

  EXPECT_EQ(ended.out, "yes");
  EXPECT_TRUE(sys::list_dir(folder + "/outside").empty());
}

// Class: the image makes /proc a link, so that what hides its files hides others.
TEST_F(Launch, RefusesAnImageWhoseProcIsALink) {
  ::rmdir((root + "/proc").c_str());
  sys::make_link("/tmp", root + "/proc");

  EXPECT_EQ(run_shell("true").error, "mount /proc: a symbolic link in the image");
}

// Class: a subpath of a volume leads out of it.
TEST_F(Launch, KeepsSubpathsInsideTheirVolume) {
  sys::make_dirs(folder + "/source/sub");
  sys::create_file(folder + "/secret", "host's");
  sys::make_link("../..", folder + "/source/sub/up");
  spec.mounts.push_back({"/data", "bind", folder + "/source", {"rbind"}, "sub/up"});

  const Ended ended = run_shell("ls /data; cat /data/secret");

  EXPECT_THAT(ended.out, Not(HasSubstr("host's")));
}

TEST_F(Launch, BindsReadOnlyWithAllBelow) {
  sys::make_dirs(folder + "/source");
  spec.mounts.push_back({"/data", "bind", folder + "/source", {"rbind", "ro"}, ""});

  const Ended ended = run_shell("touch /data/x || echo refused");

  EXPECT_THAT(ended.out, HasSubstr("refused"));
}

TEST_F(Launch, BindsAFile) {
  sys::create_file(folder + "/hosts", "1.2.3.4 web\n");
  spec.mounts.push_back({"/etc/hosts", "bind", folder + "/hosts", {"bind"}, ""});

  EXPECT_EQ(run_shell("cat /etc/hosts").out, "1.2.3.4 web\n");
}

TEST_F(Launch, StartsATmpfsWithWhatTheImageHas) {
  sys::make_dirs(root + "/run/inner");
  sys::create_file(root + "/run/inner/file", "text");
  sys::make_link("inner", root + "/run/link");
  ::chmod((root + "/run/inner").c_str(), 0710);
  spec.mounts.push_back({"/run", "tmpfs", "tmpfs", {"tmpcopyup", "size=1m"}, ""});

  const Ended ended = run_shell("cat /run/link/file; stat -c %a /run/inner; touch /run/new");

  EXPECT_EQ(ended.out, "text710\n");
  EXPECT_FALSE(sys::exists(root + "/run/new"));
}

TEST_F(Launch, MountsInsideOfMounts) {
  sys::make_dirs(folder + "/source");
  spec.mounts.push_back({"/run", "tmpfs", "tmpfs", {"mode=755"}, ""});
  spec.mounts.push_back({"/run/deep/data", "bind", folder + "/source", {"rbind"}, ""});

  EXPECT_EQ(run_shell("touch /run/deep/data/made").status, 0);
  EXPECT_TRUE(sys::exists(folder + "/source/made"));
  EXPECT_FALSE(sys::exists(root + "/run/deep"));
}

TEST_F(Launch, MakesTheRootReadOnly) {
  spec.readonly_root = true;

  const Ended ended = run_shell("touch /x || echo refused; touch /dev/shm/x && echo written");

  EXPECT_THAT(ended.out, HasSubstr("refused"));
  EXPECT_THAT(ended.out, HasSubstr("written"));
}

TEST_F(Launch, RunsAsTheUserOfTheImage) {
  spec.process.user.name = "ann";

  const Ended ended = run_shell("id -u; id -G; echo $HOME; grep Cap /proc/self/status");

  EXPECT_THAT(ended.out, HasSubstr("1000\n1000 50\n/home/ann\n"));
  EXPECT_THAT(ended.out, HasSubstr("CapEff:\t0000000000000000"));
}

TEST_F(Launch, LetsAnotherUserWriteToItsStreams) {
  spec.process.user.name = "ann";

  EXPECT_EQ(run_shell("echo hello > /dev/stdout").out, "hello\n");
}

TEST_F(Launch, GivesTheCapabilitiesOfTheSpec) {
  spec.process.capabilities = {"CAP_CHOWN", "CAP_KILL"};
  spec.process.no_new_privileges = true;

  const Ended ended = run_shell("grep -E 'CapBnd|CapEff|NoNewPrivs' /proc/self/status");

  EXPECT_THAT(ended.out, HasSubstr("CapEff:\t0000000000000021"));
  EXPECT_THAT(ended.out, HasSubstr("CapBnd:\t0000000000000021"));
  EXPECT_THAT(ended.out, HasSubstr("NoNewPrivs:\t1"));
}

TEST_F(Launch, NeverAsksForMoreThanTheHardLimit) {
  spec.process.rlimits = {{"RLIMIT_NOFILE", 512, 1ULL << 40U}};

  EXPECT_EQ(run_shell("ulimit -Sn").out, "512\n");
}

TEST_F(Launch, GivesARealTerminal) {
  spec.process.terminal = true;

  const Ended ended =
      run_shell("tty; ls -l /dev/console; test -t 0 && echo ours; echo x > /dev/tty");

  EXPECT_EQ(ended.error, "");
  EXPECT_THAT(ended.out, HasSubstr("/dev/pts/0\r\n"));
  EXPECT_THAT(ended.out, HasSubstr("ours"));
  EXPECT_THAT(ended.out, HasSubstr("x\r\n"));
}

TEST_F(Launch, StartsInTheDirectoryAskedFor) {
  spec.process.cwd = "/srv/app";
  EXPECT_EQ(run_shell("pwd").status, 127);

  spec.process.make_cwd = true;
  EXPECT_EQ(run_shell("pwd").out, "/srv/app\n");
}

TEST_F(Launch, NamesTheHost) {
  wanted.hostname = "web";
  wanted.sysctl = {{"net.ipv4.ip_unprivileged_port_start", "80"}};

  EXPECT_EQ(run_shell("hostname; cat /proc/sys/net/ipv4/ip_unprivileged_port_start").out,
            "web\n80\n");
}

TEST_F(Launch, SaysWhichSysctlIsRefused) {
  wanted.sysctl = {{"net.no.such", "1"}};

  EXPECT_THAT(run_shell("true").error, HasSubstr("/proc/sys/net/no/such"));
}

TEST_F(Launch, SharesNamespacesOfTheHost) {
  wanted.net = false;
  wanted.ipc = false;
  wanted.uts = false;
  spec.namespaces = {{"mount", ""}};
  const std::string host = sys::find_link("/proc/self/ns/net").value();

  const Ended ended =
      run_shell("readlink /proc/self/ns/net; test $$ != 1 && ls /sys/class | wc -l");

  EXPECT_EQ(ended.error, "");
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.out, HasSubstr(host));
}

TEST_F(Launch, SharesThePidNamespaceOfThePod) {
  wanted.pid = true;

  const Ended ended = run_shell("echo $$; test -e /proc/1/stat && echo held; ls /proc/1/root/");

  EXPECT_THAT(ended.out, Not(HasSubstr("\n1\n")));
  EXPECT_THAT(ended.out, HasSubstr("held"));
  EXPECT_THAT(ended.out, Not(HasSubstr("usr")));  // the holder's root is the host's: not to be seen
}

TEST_F(Launch, ReapsOrphansWithAnInit) {
  spec.init = true;

  const Ended ended = run_shell(
      "test $$ = 2 && echo second; (sleep 0 &); sleep 0.2; ls /proc | grep -c '^[0-9]'; exit 5");

  EXPECT_EQ(ended.status, 5);
  EXPECT_THAT(ended.out, HasSubstr("second\n"));
}

TEST_F(Launch, ForwardsSignalsWithAnInit) {
  spec.init = true;
  Running running = start({"sh", "-c", "trap 'exit 9' TERM; while :; do sleep 0.05; done"});

  ::usleep(200000);
  ::kill(running.pid, SIGTERM);

  EXPECT_EQ(running.monitor.wait(), 9);
}

TEST_F(Launch, DiesWithItsMonitor) {
  Running running = start({"sleep", "100"});
  const int process = static_cast<int>(::syscall(SYS_pidfd_open, running.pid, 0));
  ASSERT_GE(process, 0);

  ::kill(running.monitor.pid(), SIGKILL);

  pollfd ended{process, POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 5000), 1);
  ::close(process);
}

TEST_F(Launch, IsKilledFirstWhenMemoryIsShort) {
  spec.process.oom_score_adj = 500;

  EXPECT_EQ(run_shell("cat /proc/self/oom_score_adj").out, "500\n");
}

TEST_F(Launch, CannotLowerItsOomScoreButRuns) {
  spec.process.oom_score_adj = -900;

  EXPECT_EQ(run_shell("exit 3").status, 3);
}

class LaunchFiltered : public Launch, public testing::WithParamInterface<bool> {};

TEST_P(LaunchFiltered, InstallsTheDefaultFilter) {
  filter = seccomp::default_program(home, sys::capability_set(spec.process.capabilities));
  spec.process.no_new_privileges = GetParam();
  spec.process.user.name = "ann";

  EXPECT_THAT(run_shell("grep Seccomp: /proc/self/status").out, HasSubstr("Seccomp:\t2"));
  spec.process.user.name = "root";
  EXPECT_THAT(run_shell("grep Seccomp: /proc/self/status").out, HasSubstr("Seccomp:\t2"));
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutNewPrivileges, LaunchFiltered, testing::Bool());

TEST_F(Launch, HasAllRightsOverItsNamespacesWhenPrivileged) {
  spec.process.capabilities = {"ALL"};
  spec.masked_paths.clear();
  spec.readonly_paths.clear();

  const Ended ended = run_shell("mount -t tmpfs x /tmp && touch /tmp/x && umount /tmp && echo did");

  EXPECT_THAT(ended.out, HasSubstr("did"));
}

// As a monitor is when it starts a container, with somebody who kills whatever it makes.
[[noreturn]] void make_and_be_robbed(const home::Home& home) {
  ::alarm(20);
  std::signal(SIGPIPE, SIG_IGN);
  const userns::Mapping mapping = userns::enter(home);
  const std::string children =
      "/proc/" + std::to_string(::getpid()) + "/task/" + std::to_string(::getpid()) + "/children";
  const pid_t robber = ::fork();
  if (robber == 0) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  while (robber == 0) {
    for (const std::string& text : base::split(sys::find_file(children).value_or(""), ' ')) {
      const auto pid = base::parse_integer(text);
      if (pid && *pid != ::getpid()) ::kill(static_cast<pid_t>(*pid), SIGKILL);
    }
  }
  int robbed = 0;
  for (int i = 0; i < 200; ++i) {
    try {
      runtime::make_namespaces({.ipc = true, .uts = true, .hostname = "x"}, mapping);
    } catch (const base::Error&) {
      ++robbed;
    }
  }
  ::kill(robber, SIGKILL);
  ::_exit(robbed > 0 ? 0 : 1);
}

TEST_F(Launch, DoesNotWaitForAMakerOfNamespacesThatWasKilled) {
  const pid_t pid = ::fork();
  if (pid == 0) make_and_be_robbed(home);
  sys::Child child(pid);

  EXPECT_EQ(child.wait(), 0);
}

// Else it would hold the lock of its monitor, and nobody could ever start or remove its container.
TEST_F(Launch, GoesWithAMonitorThatIsKilledBeforeItLetsItGo) {
  spec.process.args = {"true"};
  const sys::Pipe answer = sys::make_pipe();
  const pid_t pid = ::fork();
  if (pid == 0) {
    const userns::Mapping mapping = userns::enter(home);
    const runtime::Namespaces namespaces = runtime::make_namespaces(wanted, mapping);
    const sys::Fd mount = sys::copy_mount(root, true);
    const runtime::Launched launched =
        runtime::launch({spec, namespaces, mount, {}, filter, "", false, -1, -1, -1});
    sys::write_all(answer.write, std::to_string(launched.pid));
    ::raise(SIGKILL);
  }
  sys::Child(pid).wait();
  std::array<char, 16> text{};
  ASSERT_GT(::read(answer.read.get(), text.data(), text.size()), 0);
  const auto process = sys::find_process(std::atoi(text.data()));

  const auto opened = process ? sys::open_process(*process) : std::nullopt;

  EXPECT_TRUE(!opened || sys::wait_for_end(*opened, 5000));
  if (opened) sys::send_signal(*opened, SIGKILL);
}

}  // namespace
