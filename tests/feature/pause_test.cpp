// pause, unpause and their pods'.
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

using ::testing::HasSubstr;

class Paused : public support::Home {
 protected:
  std::string state(const std::string& name) const {
    return must({"inspect", "--format", "{{.State.Status}}", name});
  }
  // A shell that talks, with a child that talks as well.
  void start_talkers(const std::string& name) {
    must({"run", "-d", "--name", name, "--network", "none", image(), "sh", "-c",
          "talk() { while :; do echo $1; sleep 0.02; done; }; talk a & talk b"});
  }
  std::string said(const std::string& name) const { return must({"logs", name}); }
  static void rest() { std::this_thread::sleep_for(std::chrono::milliseconds(200)); }
};

TEST_F(Paused, StandsStillAndGoesOn) {
  SKIP_FOR(support::why_no_shell());
  start_talkers("web");
  rest();

  EXPECT_EQ(must({"pause", "web"}), "web");
  rest();  // what was in the pipes reaches the log
  const std::string then = said("web");
  rest();

  EXPECT_EQ(state("web"), "paused");
  EXPECT_EQ(must({"inspect", "-f", "{{.State.Paused}} {{.State.Running}}", "web"}), "true false");
  EXPECT_EQ(said("web"), then);
  EXPECT_EQ(must({"unpause", "web"}), "web");
  rest();
  EXPECT_NE(said("web"), then);
  EXPECT_EQ(state("web"), "running");
}

TEST_F(Paused, HaltsWhatExecHasStarted) {
  start_probe({"forever"}, {"--name", "web"});
  support::Program other(
      words({"exec", "web", "probe", "print", "one", "sleep", "0.3", "print", "two", "forever"}),
      start());
  ASSERT_TRUE(other.expect("one"));

  must({"pause", "web"});

  EXPECT_FALSE(other.expect("two", 0.8));
  must({"unpause", "web"});
  EXPECT_TRUE(other.expect("two"));
  must({"rm", "-f", "-t", "0", "web"});
  other.wait();
}

TEST_F(Paused, IsShownByPs) {
  start_probe({"forever"}, {"--name", "web"});
  must({"pause", "web"});

  EXPECT_EQ(must({"ps", "-a", "--format", "{{.Names}} {{.State}} {{.Status}}"}),
            "web paused Paused");
  EXPECT_EQ(must({"ps", "--filter", "status=paused", "--format", "{{.Names}}"}), "web");
  EXPECT_EQ(must({"ps", "-q"}), "");  // as podman lists what runs
}

TEST_F(Paused, CannotAnswer) {
  start_probe({"forever"}, {"--name", "web"});
  must({"pause", "web"});

  for (const support::Words& words : {support::Words{"stop", "web"},
                                      {"restart", "web"},
                                      {"start", "web"},
                                      {"pause", "web"},
                                      {"exec", "web", "probe", "print", "x"}}) {
    const auto result = pod(words);
    EXPECT_EQ(result.status, 125) << words.front();
    EXPECT_THAT(result.err, HasSubstr("web: it is paused")) << words.front();
  }
  EXPECT_EQ(state("web"), "paused");
}

TEST_F(Paused, IsRemovedByForceOnly) {
  start_probe({"forever"}, {"--name", "web"});
  must({"pause", "web"});

  const auto refused = pod({"rm", "web"});

  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("container web is paused"));
  EXPECT_EQ(must({"rm", "--force", "web"}), "web");
  expect_nothing_left();
}

TEST_F(Paused, IsKilled) {
  start_probe({"forever"}, {"--name", "web"});
  must({"pause", "web"});

  must({"kill", "web"});

  EXPECT_EQ(must({"wait", "web"}), "137");
  EXPECT_EQ(state("web"), "exited");
}

TEST_F(Paused, OnlyWhatRunsCanBe) {
  must({"create", "--name", "web", "--network", "none", image(), "probe", "forever"});

  EXPECT_EQ(pod({"pause", "web"}).status, 125);
  EXPECT_THAT(pod({"pause", "web"}).err, HasSubstr("web: it does not run: its state is created"));
  EXPECT_EQ(pod({"pause", "missing"}).status, 125);
  must({"start", "web"});
  EXPECT_THAT(pod({"unpause", "web"}).err,
              HasSubstr("web: it is not paused: its state is running"));
}

TEST_F(Paused, AllOrThoseThatFit) {
  start_probe({"forever"}, {"--name", "one", "--label", "a=b"});
  start_probe({"forever"}, {"--name", "two", "--cidfile", write("id", "")});
  must({"create", "--name", "three", image(), "probe"});

  EXPECT_THAT(must({"pause", "--filter", "label=a=b"}),
              HasSubstr(inspect("one").at("Id").as_string()));
  EXPECT_EQ(state("two"), "running");
  must({"pause", "--all"});
  EXPECT_EQ(state("two"), "paused");
  EXPECT_EQ(must({"pause", "--all"}), "");
  EXPECT_EQ(must({"stop", "--all"}), "");  // those that can be stopped
  must({"unpause", "--cidfile", root() + "/id"});
  EXPECT_EQ(state("two"), "running");
  must({"unpause", "-a"});
  EXPECT_EQ(state("one"), "running");
}

TEST_F(Paused, PodsAreAsAWhole) {
  must({"pod", "create", "--name", "site", "--network", "none", "--share", "+pid"});
  for (const char* name : {"web", "cache"})
    must({"run", "-d", "--pod", "site", "--name", name, image(), "probe", "forever"});

  must({"pause", "web"});  // they share a PID namespace, and yet
  EXPECT_EQ(state("cache"), "running");
  EXPECT_EQ(must({"exec", "cache", "probe", "print", "x"}), "x");
  EXPECT_EQ(must({"pod", "ps", "--format", "{{.Status}}"}), "Degraded");
  EXPECT_EQ(must({"pod", "pause", "site"}), "site");

  EXPECT_EQ(must({"pod", "ps", "--format", "{{.Status}}"}), "Paused");
  EXPECT_THAT(pod({"pod", "stop", "site"}).err, HasSubstr("is paused: unpause it first"));
  must({"pod", "unpause", "site"});
  EXPECT_EQ(must({"pod", "ps", "--format", "{{.Status}}"}), "Running");
  must({"pod", "pause", "site"});
  must({"pod", "rm", "-f", "site"});
  expect_nothing_left();
}
