// Limits: applied where the host lets this user, missed in one line where it does not.
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <unistd.h>

using support::Words;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Limits : public support::Home {
 protected:
  // Why this user's containers cannot be limited here, "" when they can be.
  std::string why_none() {
    const std::string controllers = must({"info", "--format", "{{.Host.CgroupControllers}}"});
    return controllers.find("memory") == std::string::npos ||
                   controllers.find("pids") == std::string::npos
               ? "neither delegated cgroups nor a systemd of this user with memory and pids"
               : "";
  }
  std::string file(const std::string& name, const Words& flags) {
    return probe({"cat", "/sys/fs/cgroup/" + name}, flags).line();
  }
  // Folders of cgroups with this in their name.
  static int cgroups_named(const std::string& part) {
    int count = 0;
    std::error_code ignored;
    const auto options = std::filesystem::directory_options::skip_permission_denied;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator("/sys/fs/cgroup", options, ignored)) {
      const std::string name = entry.path().filename();
      if (name.starts_with("pod-") && name.find(part) != std::string::npos) ++count;
    }
    return count;
  }
};

TEST_F(Limits, ThatNobodyAskedForAreNotMissed) {
  EXPECT_EQ(probe({"print", "hello"}).err, "");
  EXPECT_EQ(probe({"print", "hello"}, {"--pids-limit", "-1", "--memory", "0"}).err, "");
}

TEST_F(Limits, ThatCannotBeHadAreMissedInOneLine) {
  if (why_none().empty()) GTEST_SKIP() << "they can be had here";

  const auto result = probe({"print", "hello"}, {"--memory", "64m", "--pids-limit", "50"});

  EXPECT_EQ(result.line(), "hello");
  EXPECT_THAT(result.err, AllOf(HasSubstr("memory limit"), HasSubstr("limit of processes"),
                                HasSubstr("not applied: ")));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

TEST_F(Limits, AreInTheCgroupOfTheContainer) {
  SKIP_FOR(why_none());

  EXPECT_EQ(file("memory.max", {"--memory", "64m"}), "67108864");
  EXPECT_EQ(file("memory.swap.max", {"--memory", "64m", "--memory-swap", "96m"}), "33554432");
  EXPECT_EQ(file("pids.max", {"--pids-limit", "50"}), "50");
}

TEST_F(Limits, HoldForCommandsThatComeLater) {
  SKIP_FOR(why_none());
  const std::string id = start_probe({"forever"}, {"--memory", "64m"});

  const std::string processes = must({"exec", id, "probe", "cat", "/sys/fs/cgroup/cgroup.procs"});

  EXPECT_EQ(must({"exec", id, "probe", "cat", "/sys/fs/cgroup/memory.max"}), "67108864");
  EXPECT_EQ(std::count(processes.begin(), processes.end(), '\n'), 1) << processes;
  must({"rm", "-f", "-t", "0", id});
}

TEST_F(Limits, OfMemoryEndWhatExceedsThem) {
  SKIP_FOR(why_none());
  SKIP_FOR(support::why_no_shell());

  const auto result = pod({"run", "--name", "big", "--network", "none", "--memory", "20m", image(),
                           "sh", "-c", "x=a; while :; do x=$x$x; done"});

  EXPECT_EQ(result.status, 137) << result;
  EXPECT_TRUE(inspect("big").at("State").at("OOMKilled").as_bool());
  must({"rm", "big"});
}

TEST_F(Limits, OfAPodHoldForAllItsContainers) {
  SKIP_FOR(why_none());
  must({"pod", "create", "--name", "small", "--network", "none", "--memory", "64m"});
  must({"run", "-d", "--pod", "small", "--name", "one", image(), "probe", "forever"});

  const std::string path = inspect("one").at("State").at("CgroupPath").as_string();

  std::ifstream limit(std::filesystem::path(path).parent_path() / "memory.max");
  std::string bytes;
  limit >> bytes;
  EXPECT_EQ(bytes, "67108864") << path;
  must({"pod", "rm", "-f", "-t", "0", "small"});
}

TEST_F(Limits, LeaveNoCgroupBehind) {
  const std::string id = start_probe({"forever"}, {"--memory", "64m"});
  must({"stop", "-t", "0", id});
  must({"start", id});
  must({"rm", "-f", "-t", "0", id});

  for (int attempt = 0; attempt < 100 && cgroups_named(id.substr(0, 12)) > 0; ++attempt)
    ::usleep(20'000);  // systemd takes a moment to remove its scope

  EXPECT_EQ(cgroups_named(id.substr(0, 12)), 0);
}

TEST_F(Limits, AreRefusedWithoutACgroup) {
  const auto result = probe({"print", "x"}, {"--cgroups", "disabled", "--memory", "64m"});

  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err, HasSubstr("--cgroups=disabled: there are no limits without a cgroup"));
  EXPECT_EQ(probe({"print", "x"}, {"--cgroups", "disabled"}).line(), "x");
}

TEST_F(Limits, AreNotLessForMemoryAndSwapThanForMemory) {
  const auto result = probe({"print", "x"}, {"--memory", "64m", "--memory-swap", "32m"});

  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err, HasSubstr("--memory-swap counts the memory too"));
}
