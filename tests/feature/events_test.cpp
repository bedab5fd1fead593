#include "tests/support/home.hpp"

#include <gmock/gmock.h>

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class Events : public support::Home {
 protected:
  // What is on record, as a word each.
  std::string record(const support::Words& flags = {}) const {
    support::Words all = {"events", "--stream=false", "--format", "{{.Type}} {{.Status}}"};
    all.insert(all.end(), flags.begin(), flags.end());
    return must(all);
  }
};

TEST_F(Events, TellTheLifeOfAContainer) {
  must({"run", "--name", "web", "--network", "none", image(), "probe", "exit", "0"});
  must({"rm", "web"});

  EXPECT_EQ(record({"--filter", "container=web"}),
            "container create\ncontainer init\ncontainer start\ncontainer attach\n"
            "container died\ncontainer cleanup\ncontainer remove");
}

TEST_F(Events, AreLinesInPodmansFormAndCarryTheExitCode) {
  const std::string id = start_probe({"exit", "3"}, {"--name", "web", "--label", "tier=back"});
  must({"wait", "web"});

  EXPECT_EQ(must({"events", "--stream=false", "--filter", "event=died", "--format",
                  "{{.Name}} {{.ContainerExitCode}} {{.Attributes.tier}}"}),
            "web 3 back");
  EXPECT_THAT(must({"events", "--stream=false", "--filter", "event=die", "--no-trunc=false"}),
              MatchesRegex("20[0-9-]+ [0-9:.]+ [+-][0-9]{4} [A-Z0-9+-]+ container died " +
                           id.substr(0, 12) +
                           " [(]image=localhost/probe:latest, name=web, "
                           "tier=back[)]"));
  const base::Json json = base::Json::parse(
      must({"events", "--stream=false", "--filter", "event=died", "--format", "json"}));
  EXPECT_EQ(json.at("ID").as_string(), id);
  EXPECT_EQ(json.at("ContainerExitCode").as_integer(), 3);
}

TEST_F(Events, ComeAsTheyHappen) {
  image();
  support::Program follow(words({"events", "--filter", "type=container"}), start());
  support::run({"sleep", "0.3"});

  start_probe({"forever"}, {"--name", "web"});
  EXPECT_TRUE(follow.expect("container start"));
  must({"exec", "web", "probe", "print", "x"});
  EXPECT_TRUE(follow.expect("container exec_died"));
  must({"kill", "web"});

  EXPECT_TRUE(follow.expect("container died"));
}

TEST_F(Events, TellTheEndOfEveryCommandInAContainer) {
  start_probe({"forever"}, {"--name", "web"});
  support::Program follow(words({"events", "--since", "1m", "--filter", "event=exec_died",
                                 "--format", "ended {{.ContainerExitCode}}"}),
                          start());

  must({"exec", "--detach", "web", "probe", "exit", "3"});
  EXPECT_TRUE(follow.expect("ended 3"));
  support::Start terminal = start();
  terminal.terminal = true;
  support::Program exec(words({"exec", "-t", "web", "probe", "exit", "4"}), terminal);
  EXPECT_EQ(exec.wait().status, 4);
  EXPECT_TRUE(follow.expect("ended 4"));
}

TEST_F(Events, OfImagesAndPodsAreTold) {
  must({"tag", image(), "other"});
  must({"untag", image(), "localhost/other"});
  must({"pod", "create", "--name", "shop", "--network", "none"});
  must({"pod", "rm", "shop"});

  EXPECT_EQ(record({"--filter", "type=image"}), "image import\nimage tag\nimage untag");
  EXPECT_EQ(
      record({"--filter", "pod=shop", "--filter", "event=create", "--filter", "event=destroy"}),
      "pod create\npod remove");
}

TEST_F(Events, EndAtATimeToCome) {
  const auto result = pod({"events", "--until", "300ms"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_FALSE(result.timed_out);
}

TEST_F(Events, OfUnknownKindAreRefused) {
  EXPECT_EQ(pod({"events", "--filter", "colour=red"}).status, 125);
  EXPECT_EQ(pod({"events", "--filter", "container"}).status, 125);
  EXPECT_EQ(pod({"events", "--since", "soon"}).status, 125);
}
