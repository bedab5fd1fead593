// What a container may not see and may not do.
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include <sys/resource.h>
#include <unistd.h>

using ::testing::HasSubstr;

class Isolation : public support::Home {
 protected:
  static std::string own_namespace(const std::string& kind) {
    std::string link(64, '\0');
    const ssize_t size = ::readlink(("/proc/self/ns/" + kind).c_str(), link.data(), link.size());
    return link.substr(0, size < 0 ? 0 : static_cast<std::size_t>(size));
  }
};

TEST_F(Isolation, HasNamespacesOfItsOwn) {
  for (const char* kind : {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup"}) {
    const auto result = probe({"ns", kind});

    EXPECT_EQ(result.status, 0) << result;
    EXPECT_NE(result.line(), own_namespace(kind)) << kind;
  }
}

TEST_F(Isolation, IsProcessOneAndSeesNoOther) {
  EXPECT_EQ(probe({"pid"}).line(), "1");
}

TEST_F(Isolation, LetsItsUsersReadNamesWhateverTheCallersUmask) {
  SKIP_FOR(support::why_no_ids());
  support::Words all = {"/bin/sh", "-c", "umask 077; exec \"$@\"", "sh"};
  for (const std::string& word : words({"run", "--rm", "--network=none", "--user=user", image(),
                                        "probe", "cat", "/etc/hosts"})) {
    all.push_back(word);
  }

  const auto result = support::run(all, start());

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, HasSubstr("localhost"));
}

TEST_F(Isolation, MapsAllIds) {
  SKIP_FOR(support::why_no_ids());

  std::istringstream map(probe({"cat", "/proc/self/uid_map"}).out);

  unsigned long long inside = 0, outside = 0, count = 0, total = 0;
  while (map >> inside >> outside >> count)
    total += count;
  EXPECT_GE(total, 65536U);
}

TEST_F(Isolation, RefusesWhatTheHostMustNotSuffer) {
  for (const char* what : {"mount", "unshare", "reboot", "hostname"}) {
    EXPECT_EQ(probe({"try", what}).line(), std::string(what) + " refused");
  }
}

TEST_F(Isolation, MasksFilesOfTheKernel) {
  const auto kcore = probe({"cat", "/proc/kcore"});
  EXPECT_TRUE(kcore.status != 0 || kcore.out.empty()) << kcore.out.size() << " bytes";

  for (const char* path : {"/proc/keys", "/proc/timer_list", "/sys/firmware"}) {
    const auto result = probe({"stat", path, "cat", path});
    EXPECT_THAT(result.out.substr(0, result.out.find('\n')).size() + 1,
                testing::Ge(result.out.size()))
        << path << " shows " << result;
  }
  EXPECT_NE(probe({"write", "/proc/sys/kernel/core_pattern", "x"}).status, 0);
  EXPECT_NE(probe({"write", "/proc/sysrq-trigger", "h"}).status, 0);
}

TEST_F(Isolation, ShowsOurProcWherePartsOfItAreHidden) {
  SKIP_FOR(support::why_no_ids());
  const std::string hide = "mount --bind /dev/null /proc/keys && exec \"$@\"";
  support::Words command = {"unshare", "-r", "--map-auto", "-m", "sh", "-c", hide, "sh"};
  for (const std::string& word : words(
           {"run", "--rm", "--network", "none", image(), "probe", "pid", "ls", "/proc/self/attr"}))
    command.push_back(word);

  const auto result = support::run(command, start());

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, testing::StartsWith("1\n"));
  EXPECT_THAT(result.err, HasSubstr("parts of our own /proc are hidden"));
}

TEST_F(Isolation, HasTheElevenCapabilities) {
  const auto result = probe({"status", "CapEff", "status", "CapBnd", "status", "CapAmb"});

  EXPECT_EQ(result.out,
            "CapEff:\t00000000800405fb\nCapBnd:\t00000000800405fb\nCapAmb:\t0000000000000000\n");
}

TEST_F(Isolation, GivesAndTakesCapabilities) {
  EXPECT_EQ(probe({"status", "CapEff"}, {"--cap-drop", "all"}).line(), "CapEff:\t0000000000000000");
  EXPECT_EQ(probe({"status", "CapEff"}, {"--cap-drop", "ALL", "--cap-add", "CHOWN"}).line(),
            "CapEff:\t0000000000000001");
  EXPECT_EQ(probe({"try", "mount"}, {"--cap-add", "SYS_ADMIN"}).line(), "mount allowed");
  EXPECT_EQ(probe({"print", "x"}, {"--cap-add", "NO_SUCH"}).status, 125);
}

TEST_F(Isolation, TakesCapabilitiesFromOtherUsers) {
  EXPECT_EQ(probe({"status", "CapEff"}, {"--user", "1000"}).line(), "CapEff:\t0000000000000000");
}

TEST_F(Isolation, GivesOtherUsersTheCapabilitiesNamed) {
  const auto result =
      probe({"status", "CapEff", "status", "CapAmb"}, {"--user", "1000", "--cap-add", "net_admin"});

  EXPECT_EQ(result.out, "CapEff:\t0000000000001000\nCapAmb:\t0000000000001000\n") << result;
}

TEST_F(Isolation, MayOpenAsManyFilesAsTheCallerMay) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  const rlim_t most = std::min<rlim_t>(files.rlim_max, 1048576);

  EXPECT_EQ(probe({"limits"}).line(), fmt::format("nofile {} {}", most, most));
}

TEST_F(Isolation, RefusesLimitsThatNobodyMayHave) {
  const auto result = probe({"limits"}, {"--ulimit", "nofile=99999999999"});

  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err, HasSubstr("this user may have"));
}

TEST_F(Isolation, HasTheCallersLimitsWhenAsked) {
  EXPECT_EQ(probe({"exit", "0"}, {"--ulimit", "host"}).status, 0);
  EXPECT_EQ(pod({"ps", "--all"}).err, "");
}

TEST_F(Isolation, RefusesWhatWouldBeTheHosts) {
  const std::pair<support::Words, const char*> cases[] = {
      {{"--sysctl", "kernel.panic=1"}, "--sysctl kernel.panic: the kernel has it once for all"},
      {{"--network", "host", "--sysctl", "net.ipv4.ip_forward=1"},
       "--sysctl net.ipv4.ip_forward: it would be the host's: --network=host"},
      {{"--ipc", "host", "--sysctl", "kernel.msgmax=1"},
       "--sysctl kernel.msgmax: it would be the host's: --ipc=host"},
      {{"--uts", "host", "--hostname", "web"}, "--hostname: it would be the host's: --uts=host"},
  };
  for (const auto& [flags, message] : cases) {
    support::Words all = {"run", "--rm"};
    all.insert(all.end(), flags.begin(), flags.end());
    all.insert(all.end(), {image(), "probe", "exit", "0"});
    const auto result = pod(all);
    EXPECT_EQ(result.status, 125);
    EXPECT_THAT(result.err, HasSubstr(message));
  }
}

TEST_F(Isolation, HidesProcessesInProcWhenAsked) {
  EXPECT_THAT(probe({"cat", "/proc/mounts"}, {"--security-opt", "proc-opts=hidepid=2"}).out,
              HasSubstr("hidepid="));
  EXPECT_THAT(probe({"exit", "0"}, {"--security-opt", "bogus=1"}).err,
              HasSubstr("bogus=1: not one of seccomp"));
}

TEST_F(Isolation, LeavesAFolderAsItIsWhenAsked) {
  image();
  const std::string id = must({"create", "--network", "none", image(), "probe"});
  const std::string tree = write("tree.tar", "");
  must({"export", "--output", tree, id});
  const std::string folder = root() + "/tree";
  std::filesystem::create_directory(folder);
  ASSERT_EQ(support::run({"tar", "-xf", tree, "-C", folder, "--no-same-owner"}, start()).status, 0);

  const auto result = pod({"run", "--rm", "--network", "none", "--rootfs", folder + ":O",
                           "/bin/probe", "write", "/made", "x", "cat", "/made"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, HasSubstr("x"));
  EXPECT_FALSE(std::filesystem::exists(folder + "/made"));
  must({"rm", id});
}

TEST_F(Isolation, NamesTheSourcesOfItsMounts) {
  const std::string mounts = probe({"cat", "/proc/mounts"}).out;

  for (const char* line : {"proc /proc proc ", "tmpfs /dev tmpfs ", "shm /dev/shm tmpfs ",
                           "devpts /dev/pts devpts "}) {
    EXPECT_THAT(mounts, HasSubstr(line));
  }
}

TEST_F(Isolation, FiltersSystemCalls) {
  EXPECT_EQ(probe({"status", "Seccomp:"}).line(), "Seccomp:\t2");
  EXPECT_EQ(probe({"status", "Seccomp:"}, {"--security-opt", "seccomp=unconfined"}).line(),
            "Seccomp:\t0");
}

TEST_F(Isolation, GrantsNoNewPrivilegesWhenAsked) {
  EXPECT_EQ(probe({"status", "NoNewPrivs"}, {"--security-opt", "no-new-privileges"}).line(),
            "NoNewPrivs:\t1");
}

TEST_F(Isolation, OpensNoDescriptorsButThree) {
  EXPECT_EQ(probe({"fds"}).line(), "0 1 2 ");
}

TEST_F(Isolation, LetsThePrivilegedDoMore) {
  const auto result = probe({"try", "mount", "status", "Seccomp:"}, {"--privileged"});

  EXPECT_EQ(result.out, "mount allowed\nSeccomp:\t0\n") << result;
}

TEST_F(Isolation, HasOnlyALoopbackDeviceWithoutNetwork) {
  EXPECT_EQ(probe({"ls", "/sys/class/net"}).line(), "lo");
}

TEST_F(Isolation, SharesTheHostsNetworkWhenAsked) {
  const auto result = pod({"run", "--rm", "--network", "host", image(), "probe", "ns", "net"});

  EXPECT_EQ(result.line(), own_namespace("net")) << result;
}

TEST_F(Isolation, CanBeMadeReadOnly) {
  EXPECT_NE(probe({"write", "/new", "x"}, {"--read-only"}).status, 0);
  EXPECT_EQ(probe({"write", "/tmp/new", "x"}, {"--read-only"}).status, 0);
  EXPECT_EQ(probe({"write", "/new", "x"}).status, 0);
}

TEST_F(Isolation, WritesNothingToTheImage) {
  const auto first = probe({"write", "/new", "x", "stat", "/new"});
  EXPECT_EQ(first.status, 0) << first;

  EXPECT_NE(probe({"stat", "/new"}).status, 0);
}

TEST_F(Isolation, SetsLimitsOfResources) {
  EXPECT_EQ(probe({"limits"}, {"--ulimit", "nofile=256:512"}).line(), "nofile 256 512");
}

TEST_F(Isolation, KeepsOwnersOfTheImage) {
  SKIP_FOR(support::why_no_ids());

  EXPECT_THAT(probe({"stat", "/home/user"}).line(), HasSubstr(" 1000:1000 "));
  EXPECT_NE(probe({"cat", "/etc/secret"}, {"--user", "1000"}).status, 0);
}

TEST_F(Isolation, HasTheDevicesOfTheField) {
  const auto names = probe({"ls", "/dev"}).out;

  for (const char* name :
       {"full", "null", "ptmx", "pts", "random", "shm", "tty", "urandom", "zero"}) {
    EXPECT_THAT(names, HasSubstr(std::string(name) + "\n"));
  }
}
