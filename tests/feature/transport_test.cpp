// pull, run and push where images lie in archives and folders; load and import from URLs.
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"

#include <gmock/gmock.h>

using ::testing::HasSubstr;

namespace {

class Transport : public support::Home {
 protected:
  std::string place(const std::string& name) const { return root() + "/" + name; }
  std::string id() const { return inspect("probe").at("Id").as_string(); }
};

}  // namespace

TEST_F(Transport, PushesToArchivesAndFoldersAndPullsFromThem) {
  image();
  const std::string wanted = id();

  for (const std::string& transport :
       {"docker-archive:" + place("d.tar"), "oci-archive:" + place("o.tar"), "oci:" + place("oci"),
        "dir:" + place("dir")}) {
    must({"push", "--quiet", "probe", transport});
    must({"rmi", "--all", "--force"});

    EXPECT_EQ(must({"pull", "--quiet", transport}), wanted) << transport;
    must({"tag", wanted, "probe"});
  }
}

TEST_F(Transport, RunsFromAnArchive) {
  image();
  const std::string archive = "docker-archive:" + place("d.tar");
  must({"push", "probe", archive + ":localhost/other:3"});
  must({"rmi", "--all", "--force"});

  EXPECT_EQ(must({"run", "--rm", "--network", "none", archive, "probe", "print", "one"}), "one");
  EXPECT_EQ(pod({"image", "exists", "localhost/other:3"}).status, 0);
}

TEST_F(Transport, PullsTheOneThatIsNamed) {
  image();
  must({"tag", "probe", "localhost/other:3"});
  must({"push", "probe", "oci:" + place("oci") + ":first"});
  must({"push", "probe", "oci:" + place("oci") + ":second"});
  must({"rmi", "--all", "--force"});

  must({"pull", "oci:" + place("oci") + ":second"});

  EXPECT_EQ(must({"images", "--format", "{{.Repository}}"}), "localhost/second");
  EXPECT_EQ(pod({"pull", "oci:" + place("oci") + ":third"}).status, 125);
}

TEST_F(Transport, RefusesPlacesOfOthers) {
  EXPECT_THAT(pod({"pull", "containers-storage:alpine"}).err, HasSubstr("podman save"));
  EXPECT_THAT(pod({"run", "docker-daemon:alpine:3", "true"}).err, HasSubstr("docker save"));
  EXPECT_EQ(pod({"pull", "docker-archive:" + place("none")}).status, 125);
}

TEST_F(Transport, LoadsFromAFileOnStandardInput) {
  image();
  must({"save", "-o", place("d.tar"), "probe"});
  must({"rmi", "--all", "--force"});

  const auto result =
      support::run({"sh", "-c", support::pod_program() + " load < " + place("d.tar")}, start());

  EXPECT_EQ(result.out, "Loaded image: localhost/probe:latest\n") << result;
}

TEST_F(Transport, LoadsAndImportsFromUrls) {
  image();
  must({"save", "-o", place("d.tar"), "probe"});
  write("root.tar", support::make_image_tar());
  if (support::run({"busybox", "httpd", "--help"}).err.find("Listen") == std::string::npos) {
    GTEST_SKIP() << "busybox has no httpd";
  }
  support::Program server({"busybox", "httpd", "-f", "-p", "127.0.0.1:18473", "-h", root()});
  must({"rmi", "--all", "--force"});
  const std::string url = "http://127.0.0.1:18473/";
  support::run({"sh", "-c",
                "for i in 1 2 3 4 5 6 7 8 9; do busybox wget -q -O /dev/null " + url +
                    "d.tar && exit; sleep 0.1; done"});

  EXPECT_EQ(must({"load", "-i", url + "d.tar"}), "Loaded image: localhost/probe:latest");
  must({"import", url + "root.tar", "localhost/imported"});

  EXPECT_EQ(pod({"image", "exists", "localhost/imported"}).status, 0);
  EXPECT_THAT(pod({"load", "-i", url + "none"}).err, HasSubstr("404"));
  server.signal(15);
  server.wait();
}
