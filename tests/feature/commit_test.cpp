// commit, export.
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

class Commit : public support::Home {
 protected:
  void SetUp() override {
    support::Home::SetUp();
    if (support::busybox().empty()) GTEST_SKIP() << "busybox-static is not installed";
  }

  // A container that ran this script and ended.
  void ran(const std::string& script, const support::Words& flags = {}) {
    support::Words words = {"run", "--name", "web", "--network", "none"};
    words.insert(words.end(), flags.begin(), flags.end());
    for (const std::string& word : {image(), std::string("sh"), std::string("-c"), script})
      words.push_back(word);
    must(words);
  }

  std::string in_image(const std::string& name, const std::string& script) const {
    return must({"run", "--rm", "--network", "none", name, "sh", "-c", script});
  }

  std::string listed(const std::string& archive) const {
    return support::run({"tar", "-tvf", archive}).out;
  }
};

}  // namespace

TEST_F(Commit, KeepsWhatTheContainerMadeAndWhatItRemoved) {
  ran("mkdir /new; echo one > /new/file; rm /etc/passwd; rm -r /tmp; mkdir /tmp; touch /tmp/after");

  must({"commit", "web", "localhost/made"});

  EXPECT_EQ(in_image("localhost/made", "cat /new/file; ls /tmp; test -e /etc/passwd || echo gone"),
            "one\nafter\ngone");
}

TEST_F(Commit, KeepsLinksModesTimesAndHoles) {
  ran("mkdir /d; cd /d; echo one > a; ln a b; ln -s a c; mkfifo d; chmod 4751 a; "
      "touch -d '2001-02-03 04:05:06' a; dd if=/dev/zero of=hole bs=1 count=1 seek=1000000 "
      "2>/dev/null; "
      "n=$(printf '%0100d' 1); mkdir -p $n/$n; echo long > $n/$n/$n; mkdir sticky; chmod 1777 "
      "sticky");
  const std::string script =
      "cd /d; for f in a b c d hole sticky; do stat -c '%n %f %h %s %Y' $f; done; "
      "stat -c %s hole; cat 0*/0*/0*";
  must({"commit", "web", "localhost/made"});

  const std::string made = in_image("localhost/made", script);

  EXPECT_THAT(made, HasSubstr("a 89e9 2 4 981173106\nb 89e9 2 4 981173106\nc a1ff 1"));
  EXPECT_THAT(made, HasSubstr("d 11a4 1 0"));
  EXPECT_THAT(made, HasSubstr("hole 81a4 1 1000001"));
  EXPECT_THAT(made, HasSubstr("sticky 43ff"));
  EXPECT_THAT(made, HasSubstr("\nlong"));
}

TEST_F(Commit, TakesTheContainersConfigurationAndChanges) {
  ran("true", {"--env", "ONE=1", "--label", "a=b", "--workdir", "/tmp", "--user", "user",
               "--volume", "/data"});

  const std::string id =
      must({"commit", "--author", "me", "--message", "why", "--change", "ENV TWO=2", "--change",
            "ONBUILD RUN true", "--iidfile", root() + "/id", "web", "made"});

  const base::Json made = inspect("localhost/made");
  const base::Json& config = made.at("Config");
  EXPECT_EQ(made.at("Id").as_string(), id);
  EXPECT_EQ(support::run({"cat", root() + "/id"}).out, "sha256:" + id);
  EXPECT_THAT(config.strings_or_none("Env"), Contains("ONE=1"));
  EXPECT_THAT(config.strings_or_none("Env"), Contains("TWO=2"));
  EXPECT_THAT(config.strings_or_none("OnBuild"), ElementsAre("RUN true"));
  EXPECT_EQ(config.string_or("User", ""), "user");
  EXPECT_EQ(config.string_or("WorkingDir", ""), "/tmp");
  EXPECT_EQ(config.at("Labels").string_or("a", ""), "b");
  EXPECT_NE(config.at("Volumes").find("/data"), nullptr);
  EXPECT_EQ(made.string_or("Author", ""), "me");
  EXPECT_EQ(made.string_or("Comment", ""), "why");
}

TEST_F(Commit, WorksWhileTheContainerRuns) {
  must({"run", "--detach", "--name", "web", "--network", "none", image(), "sh", "-c",
        "echo one > /file; exec sleep 100"});
  must({"exec", "web", "sh", "-c", "until test -s /file; do sleep 0.01; done"});

  must({"commit", "web", "localhost/made"});
  must({"export", "--output", root() + "/root.tar", "web"});

  EXPECT_EQ(in_image("localhost/made", "cat /file"), "one");
  EXPECT_THAT(listed(root() + "/root.tar"), HasSubstr(" file\n"));
  must({"rm", "--force", "--time", "0", "web"});
}

TEST_F(Commit, SquashesToOneLayer) {
  ran("rm /etc/passwd; echo one > /file");

  must({"commit", "--squash", "--format", "docker", "web", "localhost/made"});

  const base::Json made = inspect("localhost/made");
  EXPECT_EQ(made.at("RootFS").strings_or_none("Layers").size(), 1U);
  EXPECT_THAT(made.string_or("ManifestType", ""), HasSubstr("docker"));
  EXPECT_EQ(in_image("localhost/made", "cat /file; test -e /etc/passwd || echo gone"), "one\ngone");
}

TEST_F(Commit, LeavesOutTheFilesThatWeMountOn) {
  ran("true");

  must({"commit", "web", "localhost/made"});
  const std::string layer =
      inspect("localhost/made").at("GraphDriver").at("Data").at("UpperDir").as_string();

  EXPECT_NE(support::run({"ls", layer + "/etc/hosts"}).status, 0);
  EXPECT_NE(support::run({"ls", layer + "/run/.containerenv"}).status, 0);
}

TEST_F(Commit, RefusesWhatIsNotThere) {
  image();

  EXPECT_EQ(pod({"commit", "missing", "x"}).status, 125);
  EXPECT_EQ(pod({"export", "missing"}).status, 125);
  must({"create", "--name", "web", "--network", "none", image(), "probe"});
  EXPECT_EQ(pod({"commit", "web", "Not A Name"}).status, 125);
  EXPECT_EQ(pod({"commit", "--format", "zip", "web"}).status, 125);
  EXPECT_EQ(pod({"commit", "--change", "RUN true", "web"}).status, 125);
  EXPECT_EQ(pod({"export", "--output", root() + "/none/x.tar", "web"}).status, 125);
}

TEST_F(Commit, IsUndoneByImportOfAnExport) {
  ran("rm /etc/passwd; mkdir /new; echo one > /new/file; ln /new/file /new/same; ln -s file "
      "/new/link");

  const auto exported = pod({"export", "web"});
  EXPECT_EQ(pod({"import", "-", "localhost/flat"}, exported.out).status, 0);

  EXPECT_EQ(in_image("localhost/flat",
                     "stat -c %h /new/same; readlink /new/link; test -e /etc/passwd || echo gone"),
            "2\nfile\ngone");
}

TEST_F(Commit, ExportsToAFileThatIsWholeOrNotThere) {
  ran("true");
  const std::string file = root() + "/out.tar";

  must({"export", "-o", file, "web"});

  EXPECT_THAT(listed(file), HasSubstr("bin/probe"));
  EXPECT_THAT(listed(file), Not(HasSubstr("proc/1")));
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0644U);
}

TEST_F(Commit, DoesNotExportToATerminal) {
  ran("true");
  support::Start terminal = start();
  terminal.terminal = true;

  const auto result = support::run(words({"export", "web"}), terminal);

  EXPECT_EQ(result.status, 125) << result;
  EXPECT_THAT(result.out, HasSubstr("is a terminal"));
}
