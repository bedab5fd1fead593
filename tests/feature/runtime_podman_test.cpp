// podman, where it is installed, with pod-runtime in place of crun.
#include "tests/support/bundle.hpp"
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

using ::testing::HasSubstr;

namespace {

std::string why_no_podman() {
  if (::access("/usr/bin/podman", X_OK) != 0) return "podman is not installed";
  return support::why_no_ids();
}

class Podman : public support::Home {
 protected:
  void SetUp() override {
    SKIP_FOR(why_no_podman());
    SKIP_FOR(support::why_no_shell());
    Home::SetUp();
    const std::string folder = root() + "/config/containers";
    std::filesystem::create_directories(folder);
    std::filesystem::create_directories(root() + "/podman");
    // What podman needs where there is no systemd.
    std::ofstream(folder + "/containers.conf")
        << "[engine]\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\n"
           "[containers]\nlog_driver = \"k8s-file\"\n";
    std::ofstream(folder + "/storage.conf")
        << "[storage]\ndriver = \"vfs\"\nrunroot = \"" << root() << "/run/containers\"\n"
        << "graphroot = \"" << root() << "/podman/storage\"\n";
    std::ofstream(folder + "/policy.json") << R"({"default":[{"type":"insecureAcceptAnything"}]})";
    write("image.tar", support::make_image_tar());
    const auto imported = podman({"import", root() + "/image.tar", "localhost/probe"});
    if (imported.status != 0) GTEST_SKIP() << "podman does not work here: " << imported.err;
  }

  void TearDown() override {
    if (!why_no_podman().empty() || !support::why_no_shell().empty()) return;
    podman({"rm", "--force", "--all", "--time", "0"});
    podman({"unshare", "rm", "-rf", root() + "/podman", root() + "/data/containers"});
    // Its keeper of namespaces outlives it.
    std::ifstream file(root() + "/run/libpod/tmp/pause.pid");
    int pid = 0;
    if (file >> pid; pid > 1) ::kill(pid, SIGKILL);
    EXPECT_TRUE(support::wait_for_no_descendants());
    Home::TearDown();
  }

  support::Result podman(const support::Words& words) {
    support::Words all = {"podman", "--runtime", support::runtime_program()};
    all.insert(all.end(), words.begin(), words.end());
    return support::run(all, start(), "", 60);
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
