// images, tag, rmi, import, load.
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class Images : public support::Home {};

TEST_F(Images, ShowsAHeaderAndNothingInAnEmptyHome) {
  EXPECT_THAT(must({"images"}), MatchesRegex("REPOSITORY +TAG +IMAGE ID +CREATED +SIZE *"));
  EXPECT_EQ(must({"images", "-q"}), "");
}

TEST_F(Images, ShowsWhatThereIs) {
  image();

  EXPECT_THAT(must({"images"}), HasSubstr("localhost/probe"));
  EXPECT_THAT(must({"images", "-q"}), MatchesRegex("[0-9a-f]{12}"));
  EXPECT_EQ(must({"images", "--format", "{{.Repository}}:{{.Tag}}"}), "localhost/probe:latest");
  EXPECT_EQ(base::Json::parse(must({"images", "--format", "json"})).as_array().size(), 1U);
}

TEST_F(Images, Filters) {
  image();
  must({"tag", "probe", "localhost/other:1"});

  EXPECT_EQ(must({"images", "-q", "--filter", "dangling=true"}), "");
  EXPECT_EQ(must({"images", "--format", "{{.Tag}}", "--filter", "reference=localhost/other:1"}),
            "1");
  EXPECT_EQ(pod({"images", "--filter", "colour=red"}).status, 125);
}

TEST_F(Images, AreFoundByShortNameAndId) {
  image();
  const std::string id = must({"images", "-q"});

  EXPECT_EQ(must({"run", "--rm", "--network", "none", "probe", "probe", "print", "one"}), "one");
  EXPECT_EQ(must({"run", "--rm", "--network", "none", id, "probe", "print", "two"}), "two");
}

TEST_F(Images, HaveSeveralNames) {
  image();

  must({"tag", "localhost/probe", "localhost/other:1"});

  EXPECT_EQ(
      must({"run", "--rm", "--network", "none", "localhost/other:1", "probe", "print", "one"}),
      "one");
  EXPECT_EQ(pod({"tag", "localhost/missing", "localhost/x"}).status, 125);
  EXPECT_EQ(pod({"tag", "localhost/probe", "Not A Name"}).status, 125);
}

TEST_F(Images, AreUntaggedThenRemoved) {
  image();
  must({"tag", "localhost/probe", "localhost/other:1"});

  EXPECT_THAT(must({"rmi", "localhost/other:1"}), HasSubstr("localhost/other:1"));
  EXPECT_EQ(pod({"image", "exists", "localhost/probe"}).status, 0);
  must({"rmi", "localhost/probe"});

  EXPECT_EQ(must({"images", "-q"}), "");
  expect_nothing_left();
}

TEST_F(Images, HaveTheStatusOfTheFieldWhenRemoved) {
  must({"create", "--name", "web", "--network", "none", image(), "probe"});

  EXPECT_EQ(pod({"rmi", "localhost/probe"}).status, 2);
  EXPECT_EQ(pod({"rmi", "localhost/missing"}).status, 1);
  EXPECT_EQ(pod({"rmi", "--force", "localhost/missing"}).status, 0);
  EXPECT_EQ(must({"ps", "-aq"}).size(), 12U);
}

TEST_F(Images, MayBeNamedTwiceWhenRemoved) {
  must({"tag", image(), "second", "third:1"});
  const std::string id = must({"images", "-q"});

  EXPECT_EQ(id.size(), 12U);
  must({"rmi", "--force", id, id});
  EXPECT_EQ(must({"images", "-q"}), "");
}

TEST_F(Images, AllAreRemovedWithAllTheirNames) {
  must({"tag", image(), "second", "third:1"});
  must({"untag", "second", "third:1"});

  EXPECT_THAT(must({"rmi", "--all"}), HasSubstr("Untagged: localhost/second:latest"));
  EXPECT_EQ(must({"images", "-q"}), "");
}

TEST_F(Images, AreImportedWithChanges) {
  const std::string archive = write("image.tar", support::make_image_tar());

  const std::string id =
      must({"import", "--change", "ENTRYPOINT [\"probe\"]", "--change",
            "CMD [\"print\", \"changed\"]", "--change", "ENV ONE=1", archive, "localhost/changed"});

  EXPECT_THAT(id, HasSubstr(must({"images", "-q"})));
  EXPECT_EQ(must({"run", "--rm", "--network", "none", "localhost/changed"}), "changed");
  EXPECT_EQ(must({"run", "--rm", "--network", "none", "localhost/changed", "env", "ONE"}), "1");
}

TEST_F(Images, AreImportedFromStandardInput) {
  const auto result = pod({"import", "-", "localhost/piped"}, support::make_image_tar());

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(must({"run", "--rm", "--network", "none", "localhost/piped", "probe", "print", "one"}),
            "one");
}

TEST_F(Images, CannotWriteOutsideTheirLayer) {
  support::TarText tar;
  tar.file("../../../../../../../../../../../../tmp/pod-escaped", "x")
      .symlink("link", root())
      .file("link/through-link", "x")
      .hardlink("hard", "/etc/passwd");
  const std::string archive = write("evil.tar", tar.end());

  pod({"import", archive, "localhost/evil"});

  EXPECT_EQ(support::run({"ls", "/tmp/pod-escaped"}).status, 2);
  EXPECT_EQ(support::run({"ls", root() + "/through-link"}).status, 2);
}

TEST_F(Images, LeaveNothingBehindWhenTheArchiveIsCut) {
  const std::string whole = support::make_image_tar();
  const std::string archive = write("cut.tar", whole.substr(0, whole.size() / 2));

  const auto result = pod({"import", archive, "localhost/cut"});

  EXPECT_EQ(result.status, 125) << result;
  EXPECT_EQ(must({"images", "-q"}), "");
  expect_nothing_left();
}

TEST_F(Images, SurviveTheDeathOfTheProgramThatMakesThem) {
  support::Program program(words({"import", "-", "localhost/half"}), start());
  const std::string whole = support::make_image_tar();
  program.send(whole.substr(0, whole.size() / 2));
  support::run({"sleep", "0.3"});

  program.signal(SIGKILL);
  program.wait();

  EXPECT_TRUE(support::wait_for_no_descendants());
  EXPECT_EQ(must({"images", "-q"}), "");
  image();
  EXPECT_EQ(must({"run", "--rm", "--network", "none", "localhost/probe", "probe", "print", "one"}),
            "one");
  expect_nothing_left();
}

TEST_F(Images, RefuseWhatIsNoImage) {
  EXPECT_EQ(pod({"load", "--input", write("text", "no archive")}).status, 125);
  EXPECT_EQ(pod({"load", "--input", root() + "/missing"}).status, 125);
  EXPECT_EQ(pod({"import", root() + "/missing"}).status, 125);
}
