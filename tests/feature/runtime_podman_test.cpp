// podman, where it is installed, with pod-runtime in place of crun.
#include "tests/support/podman.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

using ::testing::HasSubstr;

namespace {

class Podman : public support::PodmanHome {
 protected:
  void SetUp() override {
    PodmanHome::SetUp();
    SKIP_FOR(why_no_podman());
  }

  support::Result run(const support::Words& words) {
    support::Words all = {"run", "--network", "none"};
    all.insert(all.end(), words.begin(), words.end());
    return podman(all);
  }
};

TEST_F(Podman, RunsContainersWithIt) {
  const auto result = run({"--rm", "localhost/probe", "sh", "-c", "echo said; exit 7"});

  EXPECT_EQ(result.status, 7) << result;
  EXPECT_EQ(result.out, "said\n");
  EXPECT_EQ(run({"--rm", "localhost/probe", "no-such-command"}).status, 127);
  EXPECT_EQ(run({"--rm", "localhost/probe", "/bin/not-executable"}).status, 126);
}

TEST_F(Podman, HasThemLiveTheirLife) {
  ASSERT_EQ(run({"--detach", "--name", "web", "localhost/probe", "sleep", "100"}).status, 0);

  EXPECT_EQ(podman({"exec", "web", "sh", "-c", "exit 5"}).status, 5);
  EXPECT_THAT(podman({"ps", "--format", "{{.Names}} {{.State}}"}).out, HasSubstr("web Up"));
  EXPECT_EQ(podman({"kill", "--signal", "KILL", "web"}).status, 0);
  EXPECT_EQ(podman({"wait", "web"}).line(), "137");
  EXPECT_EQ(podman({"start", "web"}).status, 0);
  EXPECT_EQ(podman({"stop", "--time", "0", "web"}).status, 0);
  EXPECT_EQ(podman({"rm", "web"}).status, 0);
}

TEST_F(Podman, GivesThemItsUserNamespaces) {
  for (const char* mode : {"keep-id", "nomap"}) {
    const auto result =
        run({"--rm", std::string("--userns=") + mode, "localhost/probe", "id", "-u"});
    EXPECT_EQ(result.status, 0) << mode << result;
    EXPECT_EQ(result.line() == std::to_string(::getuid()), std::string(mode) == "keep-id");
  }
}

}  // namespace
