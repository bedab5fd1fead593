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
};

}  // namespace

TEST_F(ContainerLines, RunAsTheFieldExpects) {
  expect_table("run");
}

TEST_F(ContainerLines, LiveAsTheFieldExpects) {
  expect_table("life");
}

TEST_F(ContainerLines, AreListedAndShownAsTheFieldExpects) {
  do_both("run -d --network none --name one -l x=1 -l y=2 probe sleep 100");
  do_both("run -d --network none --name two web");
  do_both("create --network none --name made probe true");
  do_both("create --network none --name done probe sh -c 'exit 3'");
  do_both("start done");
  do_both("wait done");

  expect_table("ps");
}

TEST_F(ContainerLines, AreUsedAsTheFieldExpects) {
  do_both(
      "run -d --network none --name one probe sh -c 'echo out; echo err >&2; echo x > /etc/new; "
      "rm /etc/group; while :; do sleep 100; done'");
  do_both("run -d --network none --name done probe sh -c 'echo one; echo two; echo three'");
  do_both("wait done");

  expect_table("inside");
}

TEST_F(ContainerLines, KeepVolumesAndSecretsAsTheFieldExpects) {
  expect_table("things");
}

TEST_F(ContainerLines, ComeInPodsAsTheFieldExpects) {
  // It needs a program of its own for what holds a pod's namespaces.
  const bool has_pods = has_podman() && podman({"pod", "create", "--name", "probe"}).status == 0;
  if (has_pods) podman({"pod", "rm", "probe"});

  expect_table("pods", has_pods);
}
