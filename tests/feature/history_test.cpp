// history, image tree, diff, mount: what images and containers consist of.
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

namespace {

class History : public support::Home {
 protected:
  void SetUp() override {
    support::Home::SetUp();
    if (support::busybox().empty()) GTEST_SKIP() << "busybox-static is not installed";
    must({"run", "--name", "web", "--network", "none", image(), "sh", "-c",
          "mkdir /d; echo one > /d/a; rm /etc/passwd; chmod 700 /tmp; rm -r /bin; mkdir /bin "
          "2>/dev/null"});
  }

  void commit() { must({"commit", "--message", "why", "web", "localhost/made:1"}); }

  std::string in_namespace(const std::string& script) const {
    return must({"unshare", "sh", "-c", script});
  }
};

}  // namespace

TEST_F(History, ShowsHowAnImageWasMade) {
  commit();
  const std::string id = inspect("localhost/made:1").at("Id").as_string();

  EXPECT_THAT(must({"history", "localhost/made:1"}),
              AllOf(HasSubstr("CREATED BY"), HasSubstr("why"), HasSubstr(id.substr(0, 12))));
  EXPECT_EQ(must({"history", "-q", "--no-trunc", "localhost/made:1"}),
            id + "\n" + inspect("probe").at("Id").as_string());
  EXPECT_THAT(must({"history", "--human=false", "--format", "{{.Created}} {{.Size}}", "probe"}),
              MatchesRegex("20[0-9T:.-]*Z [0-9]+"));
  const base::Json json = base::Json::parse(must({"history", "--format", "json", "probe"}));
  EXPECT_EQ(json.as_array().size(), 1U);
  EXPECT_GT(json.as_array().at(0).at("size").as_integer(), 1000);
  EXPECT_EQ(pod({"history", "missing"}).status, 125);
}

TEST_F(History, ShowsTheTreeOfLayers) {
  commit();

  EXPECT_THAT(must({"image", "tree", "localhost/made:1"}),
              AllOf(HasSubstr("Tags:     [localhost/made:1]"), HasSubstr("├── ID: "),
                    HasSubstr("Top Layer of: [localhost/probe:latest]"), HasSubstr("└── ID: ")));
  EXPECT_THAT(must({"image", "tree", "probe"}), Not(HasSubstr("made:1")));
  EXPECT_THAT(must({"image", "tree", "--whatrequires", "probe"}), HasSubstr("made:1"));
}

TEST_F(History, ShowsWhatAContainerHasChanged) {
  const std::string changes = must({"diff", "web"});

  EXPECT_THAT(changes, HasSubstr("A /d\nA /d/a\n"));
  EXPECT_THAT(changes, HasSubstr("C /etc\nD /etc/passwd"));
  EXPECT_THAT(changes, HasSubstr("C /tmp"));
  EXPECT_THAT(changes, HasSubstr("C /bin\nD /bin/"));
  EXPECT_THAT(changes, Not(HasSubstr("/etc/hosts")));
  EXPECT_EQ(must({"container", "diff", "web"}), changes);
  const base::Json json = base::Json::parse(must({"diff", "--format", "json", "web"}));
  EXPECT_THAT(json.strings_or_none("deleted"), ::testing::Contains("/etc/passwd"));
  EXPECT_EQ(pod({"diff", "missing"}).status, 125);
}

TEST_F(History, ComparesImages) {
  commit();

  EXPECT_EQ(must({"image", "diff", "localhost/made:1"}), must({"diff", "web"}));
  EXPECT_EQ(must({"diff", "localhost/made:1", "probe"}), must({"diff", "web"}));
  // The files that we mount on are in there, and in no image.
  EXPECT_EQ(must({"diff", "web", "localhost/made:1"}), "C /etc");
  EXPECT_THAT(must({"diff", "probe", "localhost/made:1"}), HasSubstr("A /etc/passwd"));
}

TEST_F(History, MountsContainersAndImagesInTheirNamespace) {
  const std::string pod = support::pod_program();
  const std::string container =
      base::Json::parse(must({"inspect", "web"})).as_array().at(0).at("Id").as_string();

  EXPECT_EQ(in_namespace("cat $(" + pod + " mount web)/d/a; " + pod + " unmount web"), "one\nweb");
  EXPECT_THAT(in_namespace(pod + " mount web >/dev/null; " + pod + " mount; " + pod +
                           " mount --format json; " + pod + " unmount --all"),
              AllOf(HasSubstr(container.substr(0, 12) + "  "), HasSubstr("\"mountpoint\"")));
  EXPECT_THAT(in_namespace("ls $(" + pod + " image mount probe)/etc; " + pod + " image mount; " +
                           pod + " image unmount --all"),
              AllOf(HasSubstr("passwd"), HasSubstr("localhost/probe:latest  ")));
}

TEST_F(History, SaysWhereMountsAreSeen) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may mount";

  EXPECT_THAT(pod({"mount", "web"}).err, HasSubstr("pod unshare"));
  EXPECT_EQ(pod({"image", "mount", "probe"}).status, 125);
  EXPECT_THAT(pod({"image", "scp", "probe", "host::"}).err, HasSubstr("ssh HOST pod load"));
}
