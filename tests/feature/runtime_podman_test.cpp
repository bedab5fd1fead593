// podman, where it is installed, with pod-runtime in place of crun.
#include "tests/support/bundle.hpp"
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

// What podman shares with its own mount namespace (the places of network namespaces) is left there.
TEST_F(Podman, HasThemShareNamespacesInAPod) {
  SKIP_FOR(support::why_no_network());
  ASSERT_EQ(podman({"pod", "create", "--name", "both", "--share", "net,ipc,uts"}).status, 0);
  const auto first = podman(
      {"run", "--detach", "--pod", "both", "--name", "first", "localhost/probe", "sleep", "100"});
  if (first.status != 0) GTEST_SKIP() << "podman has no pods here: " << first.err;

  const auto of = [&](const char* kind) {
    return podman({"exec", "first", "readlink", std::string("/proc/self/ns/") + kind});
  };
  const auto second = podman({"run", "--rm", "--pod", "both", "localhost/probe", "sh", "-c",
                              "readlink /proc/self/ns/net; readlink /proc/self/ns/ipc"});

  EXPECT_EQ(second.status, 0) << second;
  EXPECT_THAT(second.out, HasSubstr(of("net").line()));
  EXPECT_THAT(second.out, HasSubstr(of("ipc").line()));
  EXPECT_EQ(of("net").err, "");
  podman({"pod", "rm", "--force", "--time", "0", "both"});
}

TEST_F(Podman, HasBuildahBuildWithIt) {
  if (::access("/usr/bin/buildah", X_OK) != 0) GTEST_SKIP() << "buildah is not installed";
  write(
      "Containerfile",
      "FROM localhost/probe\nRUN echo made >/made && id -u\nUSER 1\nRUN id -u && test -s /made\n");

  const auto built = support::run(
      {"buildah", "bud", "--runtime", support::runtime_program(), "--network", "none", "--tag",
       "localhost/built", "--file", root() + "/Containerfile", root() + "/config"},
      start(), "", 60);

  EXPECT_EQ(built.status, 0) << built;
  EXPECT_THAT(built.out, HasSubstr("\n1\n"));
  EXPECT_EQ(run({"--rm", "localhost/built", "cat", "/made"}).out, "made\n");
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
