// pull, run and push where images lie in archives and folders; load and import from URLs.
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

using ::testing::HasSubstr;

namespace {

class Transport : public support::Home {
 protected:
  std::string place(const std::string& name) const { return root() + "/" + name; }
  std::string id() const { return inspect("probe").at("Id").as_string(); }

  // An image with what gets lost on the way where somebody is careless: "odd"; its layers.
  std::string import_odd() const {
    // user.name=kept in an attribute of the file, and a capability (struct vfs_cap_data).
    const std::string capability("\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    support::TarText tar;
    tar.directory("d", 02775)
        .add({.path = "d/caps",
              .body = "x",
              .mode = 0755,
              .pax = {{"SCHILY.xattr.security.capability", capability},
                      {"SCHILY.xattr.user.name", "kept"},
                      {"mtime", "1500000000.123456789"}}})
        .add({.path = "d/owned", .body = "xx", .mode = 04711, .uid = 33, .gid = 44})
        .hardlink("d/again", "d/owned")
        .symlink("d/link", "/nowhere")
        .file("d/\xff\xfe", "no text")
        .file("d/sparse", std::string(300'000, '\0') + "end")
        .add({.path = "d/pipe", .type = '6', .mode = 0600});
    must({"import", "-q", write("odd.tar", tar.end()), "odd"});
    return layers("odd");
  }
  std::string layers(const std::string& name) const { return inspect(name).at("RootFS").dump(); }
  // What its files are, as who may look into the image sees them.
  std::string seen(const std::string& name) const {
    return must({"unshare", "sh", "-c",
                 "cd $(" + support::pod_program() + " image mount " + name +
                     ") && find d -printf '%P %y %m %U:%G %s %n %T@ %l\\n' | LC_ALL=C sort && "
                     "cat d/caps d/owned d/sparse | sha256sum"});
  }
};

bool is_installed(const std::string& program) {
  return support::run({"sh", "-c", "command -v " + program}).status == 0;
}

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

TEST_F(Transport, OddFilesComeBackAsTheyWere) {
  const std::string wanted = import_odd();
  const std::string files = seen("odd");
  EXPECT_THAT(files, HasSubstr("caps f 755 0:0 1 1 1500000000.1234567890"));
  EXPECT_THAT(files, HasSubstr("again f 4711 33:44 2 2 "));

  for (const std::string& transport :
       {"docker-archive:" + place("d.tar"), "oci-archive:" + place("o.tar"), "oci:" + place("oci"),
        "dir:" + place("dir")}) {
    must({"push", "-q", "odd", transport});
    must({"rmi", "--all", "--force"});
    must({"tag", must({"pull", "-q", transport}), "odd"});

    EXPECT_EQ(layers("odd"), wanted) << transport;
    EXPECT_EQ(seen("odd"), files) << transport;
  }
}

TEST_F(Transport, SkopeoCopiesBothWays) {
  if (!is_installed("skopeo")) GTEST_SKIP() << "skopeo is not installed";
  const std::string wanted = import_odd();
  const std::pair<std::string, std::string> ways[] = {
      {"docker-archive:" + place("d.tar"), "oci:" + place("s-oci:x")},
      {"oci-archive:" + place("o.tar"), "dir:" + place("s-dir")},
      {"oci:" + place("oci:x"), "docker-archive:" + place("s-d.tar:localhost/odd:1")},
      {"dir:" + place("dir"), "oci-archive:" + place("s-o.tar:x")}};

  for (const auto& [ours, theirs] : ways) {
    must({"push", "-q", "odd", ours});
    const auto copied =
        support::run({"skopeo", "--insecure-policy", "copy", "-q", ours, theirs}, start());
    ASSERT_EQ(copied.status, 0) << ours << copied;

    EXPECT_EQ(layers(must({"pull", "-q", theirs})), wanted) << theirs;
  }
}

TEST_F(Transport, UmociUnpacks) {
  if (!is_installed("umoci")) GTEST_SKIP() << "umoci is not installed";
  import_odd();
  must({"push", "-q", "odd", "oci:" + place("oci:x")});

  const auto unpacked = support::run(
      {"umoci", "unpack", "--rootless", "--image", place("oci:x"), place("bundle")}, start());

  ASSERT_EQ(unpacked.status, 0) << unpacked;
  EXPECT_EQ(support::run({"stat", "-c", "%a %s %h", place("bundle/rootfs/d/again")}).line(),
            "4711 2 2");
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
