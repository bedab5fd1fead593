// What people type about containers, volumes, secrets and pods every day: tables of command lines,
// each with its exit status and the shape of what it writes, by pod and, where it works, by podman.
#include "tests/support/lines.hpp"
#include "tests/support/skip.hpp"

namespace {

class ContainerLines : public support::Lines {
 protected:
  void SetUp() override {
    SKIP_FOR(support::why_no_shell());
    Lines::SetUp();
    do_both(
        "import -q -c 'CMD [\"sh\",\"-c\",\"sleep 100\"]' -c 'VOLUME /data' -c 'LABEL kind=web' "
        "-c 'EXPOSE 80/tcp' -c 'STOPSIGNAL SIGKILL' -c 'ENV A=b' -c 'WORKDIR /root' " +
        root() + "/image.tar localhost/web");
  }

  void expect_table(const std::string& name, bool asks_podman = true) {
    expect_all(std::string(LINES_FOLDER) + "/" + name + ".txt", asks_podman);
  }

  // One that runs, one of another image that does, one that never ran, one that has ended.
  void make_four() {
    do_both("run -d --network none --name one -l x=1 -l y=2 probe sleep 100");
    do_both("run -d --network none --name two web");
    do_both("create --network none --name made probe true");
    do_both("create --network none --name done probe sh -c 'exit 3'");
    do_both("start done");
    do_both("wait done");
  }

  // "one" runs and has written to its root and to its log, "done" has ended.
  void make_two() {
    do_both(
        "run -d --network none --name one probe sh -c 'echo out; echo err >&2; "
        "echo x > /etc/new; rm /etc/group; while :; do sleep 100; done'");
    do_both("run -d --network none --name done probe sh -c 'echo one; echo two; echo three'");
    do_both("wait done");
  }

  // podman needs a program of its own for what holds a pod's namespaces.
  bool has_pods() const {
    if (!has_podman() || podman({"pod", "create", "--name", "probe"}).status != 0) return false;
    podman({"pod", "rm", "probe"});
    return true;
  }
};

}  // namespace

TEST_F(ContainerLines, RunAsTheFieldExpects) {
  expect_table("run");
}

TEST_F(ContainerLines, RunInTheirBoundsAsTheFieldExpects) {
  expect_table("run_isolated");
}

TEST_F(ContainerLines, LeaveBehindWhatTheFieldExpects) {
  expect_table("run_after");
}

TEST_F(ContainerLines, LiveAsTheFieldExpects) {
  expect_table("life");
}

TEST_F(ContainerLines, ChangeAsTheFieldExpects) {
  expect_table("life_after");
}

TEST_F(ContainerLines, AreListedAsTheFieldExpects) {
  make_four();

  expect_table("ps");
}

TEST_F(ContainerLines, AreShownAsTheFieldExpects) {
  make_four();

  expect_table("inspect");
}

TEST_F(ContainerLines, AreUsedAsTheFieldExpects) {
  make_two();

  expect_table("inside");
}

TEST_F(ContainerLines, SayAndKeepWhatTheFieldExpects) {
  make_two();

  expect_table("outside");
}

TEST_F(ContainerLines, HaveVolumesAsTheFieldExpects) {
  expect_table("volumes");
}

TEST_F(ContainerLines, HaveSecretsAsTheFieldExpects) {
  expect_table("secrets");
}

TEST_F(ContainerLines, ComeInPodsAsTheFieldExpects) {
  expect_table("pods", has_pods());
}

TEST_F(ContainerLines, HaveOfTheirPodWhatTheFieldExpects) {
  expect_table("pod_options", has_pods());
}
