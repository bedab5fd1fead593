// rename and update.
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include <unistd.h>

using ::testing::HasSubstr;

class Amended : public support::Home {
 protected:
  std::string told(const std::string& format, const std::string& name) const {
    return must({"inspect", "--format", format, name});
  }
};

TEST_F(Amended, AContainerGetsAnotherName) {
  const std::string id = start_probe({"forever"}, {"--name", "web"});
  const std::string host = must({"exec", "web", "probe", "hostname"});
  const std::string hosts = must({"exec", "web", "probe", "cat", "/etc/hosts"});

  EXPECT_EQ(must({"rename", "web", "site"}), "");

  EXPECT_EQ(must({"ps", "--format", "{{.Names}}"}), "site");
  EXPECT_EQ(told("{{.Id}} {{.Name}}", "site"), id + " site");
  EXPECT_EQ(pod({"container", "exists", "web"}).status, 1);
  EXPECT_EQ(must({"exec", "site", "probe", "hostname"}), host);
  EXPECT_EQ(must({"exec", "site", "probe", "cat", "/etc/hosts"}), hosts);
  start_probe({"forever"}, {"--name", "web"});  // the name is free
  must({"restart", "-t", "0", "site"});
  must({"rm", "-f", "-t", "0", "site", "web"});
  expect_nothing_left();
}

TEST_F(Amended, AContainerThatRemovesItselfTakesItsNewNameAlong) {
  start_probe({"wait"}, {"--name", "web", "--rm"});
  support::Program follow(words({"logs", "-f", "web"}), start());
  ASSERT_TRUE(follow.expect("waiting"));

  must({"rename", "web", "site"});
  must({"kill", "-s", "TERM", "site"});
  follow.wait();

  EXPECT_TRUE(support::wait_for_no_descendants());
  expect_nothing_left();
}

TEST_F(Amended, ANameInUseIsRefused) {
  must({"create", "--name", "web", "--network", "none", image(), "probe"});
  must({"create", "--name", "other", "--network", "none", image(), "probe"});
  must({"pod", "create", "--name", "site", "--network", "none"});

  for (const char* taken : {"other", "site"}) {
    const auto result = pod({"rename", "web", taken});
    EXPECT_EQ(result.status, 125) << taken;
    EXPECT_THAT(result.err, HasSubstr("is already in use")) << taken;
  }
  must({"rename", "web", "web"});
  EXPECT_EQ(pod({"rename", "web", "a/b"}).status, 125);
  EXPECT_EQ(pod({"rename", "missing", "c"}).status, 125);
  EXPECT_EQ(told("{{.Name}}", "web"), "web");
}

TEST_F(Amended, AMemberOfAPodGetsAnotherName) {
  must({"pod", "create", "--name", "site", "--network", "none"});
  must({"run", "-d", "--pod", "site", "--name", "web", image(), "probe", "forever"});

  must({"container", "rename", "web", "front"});

  EXPECT_EQ(must({"pod", "ps", "--ctr-names", "--format", "{{.ContainerNames}}"}), "front");
  must({"pod", "restart", "site"});
  EXPECT_EQ(told("{{.State.Status}}", "front"), "running");
  must({"pod", "rm", "-f", "site"});
  expect_nothing_left();
}

TEST_F(Amended, ANameThatWasLeftHalfGivenIsFreeAgain) {
  const std::string id = must({"create", "--name", "web", "--network", "none", image(), "probe"});
  std::filesystem::create_symlink("../containers/" + id, data() + "/names/half");

  EXPECT_EQ(pod({"container", "exists", "half"}).status, 1);
  must({"create", "--name", "half", "--network", "none", image(), "probe"});

  EXPECT_NE(told("{{.Id}}", "half"), id);
}

TEST_F(Amended, LimitsAreKept) {
  const std::string id =
      must({"create", "--name", "web", "--network", "none", "--memory", "64m", image(), "probe"});

  EXPECT_EQ(must({"update", "--cpus", "1.5", "--pids-limit", "50", "--memory", "128m", "web"}), id);

  EXPECT_EQ(
      told("{{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}} {{.HostConfig.Memory}}", "web"),
      "1500000000 50 134217728");
  must({"update", "--cpu-shares", "512", "web"});
  EXPECT_EQ(told("{{.HostConfig.CpuShares}} {{.HostConfig.Memory}}", "web"), "512 134217728");
  EXPECT_EQ(pod({"update", "--memory-swap", "1m", "web"}).status, 125);
  EXPECT_EQ(pod({"update", "--memory", "1m", "missing"}).status, 125);
}

TEST_F(Amended, LimitsOfARunningContainerChangeAtOnce) {
  SKIP_FOR(support::why_no_cgroups());
  start_probe({"forever"}, {"--name", "web"});
  const std::string cgroup = told("{{.State.CgroupPath}}", "web");

  must({"update", "--cgroup-conf", "cgroup.max.depth=7", "web"});

  EXPECT_EQ(support::run({"cat", cgroup + "/cgroup.max.depth"}).line(), "7");
  EXPECT_EQ(pod({"update", "--cgroup-conf", "cgroup.max.depth=x", "web"}).status, 125);
  must({"restart", "-t", "0", "web"});
  EXPECT_EQ(
      support::run({"cat", told("{{.State.CgroupPath}}", "web") + "/cgroup.max.depth"}).line(),
      "7");
}

TEST_F(Amended, LimitsThatCannotBeHadNowWaitForTheNextStart) {
  start_probe({"forever"}, {"--name", "web", "--cgroups", "enabled"});
  if (!told("{{.State.CgroupPath}}", "web").empty()) GTEST_SKIP() << "it has a cgroup here";

  const auto result = pod({"update", "--memory", "64m", "web"});

  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, HasSubstr("memory limit kept for its next start, not applied now"));
  EXPECT_EQ(told("{{.HostConfig.Memory}}", "web"), "67108864");
}

TEST_F(Amended, TheRestartPolicyHoldsFromNowOn) {
  start_probe({"wait", "exit", "1"}, {"--name", "web"});
  support::Program follow(words({"logs", "-f", "web"}), start());
  ASSERT_TRUE(follow.expect("waiting"));

  must({"update", "--restart", "on-failure:2", "web"});
  must({"kill", "-s", "USR1", "web"});

  follow.wait();
  for (int i = 0; i < 100 && told("{{.RestartCount}}", "web") == "0"; ++i)
    ::usleep(20'000);
  EXPECT_EQ(told("{{.HostConfig.RestartPolicy.Name}} {{.RestartCount}}", "web"), "on-failure 1");
  EXPECT_EQ(pod({"update", "--restart", "sometimes", "web"}).status, 125);
}
