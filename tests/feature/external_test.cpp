// Containers that `pod` has started by somebody else's OCI runtime (--runtime).
#include "tests/support/bundle.hpp"
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <filesystem>

using ::testing::HasSubstr;

namespace {

class ExternalRuntime : public support::Home {
 protected:
  support::Result run(const support::Words& words, const support::Words& flags = {}) {
    support::Words all = {"--runtime", support::runtime_program(), "run", "--network", "none"};
    all.insert(all.end(), flags.begin(), flags.end());
    all.push_back(image());
    all.insert(all.end(), words.begin(), words.end());
    return pod(all);
  }

  // Of a container: what begins with a dot is the runtime's cache of filters.
  bool has_state() const {
    if (!std::filesystem::exists(runtime() + "/external")) return false;
    for (const auto& entry : std::filesystem::directory_iterator(runtime() + "/external")) {
      if (!entry.path().filename().string().starts_with(".")) return true;
    }
    return false;
  }
};

TEST_F(ExternalRuntime, GivesOutputAndStatus) {
  const auto result = run({"probe", "print", "said", "error", "complained", "exit", "7"}, {"--rm"});

  EXPECT_EQ(result.status, 7) << result;
  EXPECT_EQ(result.out, "said\n");
  EXPECT_THAT(result.err, HasSubstr("complained"));
}

TEST_F(ExternalRuntime, KeepsWhatOurOwnWouldGive) {
  SKIP_FOR(support::why_no_ids());
  const support::Words words = {"probe", "ids", "status", "Cap", "env", "HOME", "pwd", "hostname"};
  const support::Words flags = {"--rm",           "--user=user:extra",
                                "--workdir=/etc", "--cap-add=NET_RAW",
                                "--hostname=web", "--sysctl=kernel.msgmax=5000"};
  support::Words own = {"run", "--network", "none"};
  own.insert(own.end(), flags.begin(), flags.end());
  own.push_back(image());
  own.insert(own.end(), words.begin(), words.end());

  const auto result = run(words, flags);

  EXPECT_EQ(result.out, pod(own).out) << result;
  EXPECT_THAT(result.out, HasSubstr("/etc\n"));
}

TEST_F(ExternalRuntime, SaysWhatCannotBeExecuted) {
  const auto missing = run({"no-such-command"}, {"--rm"});
  EXPECT_EQ(missing.status, 127) << missing;
  EXPECT_THAT(missing.err, HasSubstr("no-such-command"));
  EXPECT_EQ(run({"/etc"}, {"--rm"}).status, 126);
  EXPECT_EQ(run({"probe", "pwd"}, {"--rm", "--workdir=/no/where"}).status, 127);
  EXPECT_THAT(run({"probe"}, {"--rm", "--init"}).err, HasSubstr("--init"));
}

TEST_F(ExternalRuntime, LivesLikeAnyOther) {
  const auto started = run({"probe", "print", "up", "wait"}, {"--detach", "--name", "web"});
  ASSERT_EQ(started.status, 0) << started;
  EXPECT_EQ(inspect("web").at("OCIRuntime").as_string(), support::runtime_program());

  EXPECT_EQ(pod({"exec", "web", "probe", "print", "more", "exit", "4"}).status, 4);
  EXPECT_EQ(must({"logs", "web"}).substr(0, 2), "up");
  must({"kill", "--signal", "USR1", "web"});
  EXPECT_EQ(must({"wait", "web"}), "0");
  must({"start", "web"});
  EXPECT_EQ(must({"ps", "--format", "{{.Names}}"}), "web");
  must({"stop", "--time", "5", "web"});
  must({"rm", "web"});
  support::wait_for_no_descendants();  // the monitor deletes it after it has answered
  EXPECT_FALSE(has_state());
}

TEST_F(ExternalRuntime, HasATerminal) {
  support::Start where = start();
  where.terminal = true;
  const auto result =
      support::run(words({"--runtime", support::runtime_program(), "run", "--rm", "-it",
                          "--network", "none", image(), "probe", "terminal"}),
                   where);

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, HasSubstr("terminal 24x80"));
}

TEST_F(ExternalRuntime, SharesVolumesAndMemory) {
  write("file", "host's\n");
  const auto result = run({"probe", "cat", "/data/file", "stat", "/dev/shm", "stat", "/scratch"},
                          {"--rm", "-v", root() + "/file:/data/file:ro", "--tmpfs", "/scratch"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, HasSubstr("host's\n41777"));
}

TEST_F(ExternalRuntime, ThatIsMissingIsNamed) {
  const auto result =
      pod({"--runtime", "/no/such/runtime", "run", "--rm", "--network", "none", image(), "probe"});

  EXPECT_NE(result.status, 0);
  EXPECT_THAT(result.err, HasSubstr("/no/such/runtime"));
}

}  // namespace
