// play, when it is interrupted or does not play alone.
#include "tests/support/home.hpp"
#include "tests/support/wire.hpp"

#include <gmock/gmock.h>

#include <csignal>

#include <poll.h>
#include <unistd.h>

using ::testing::HasSubstr;

class PlayInterrupt : public support::Home {
 protected:
  std::string pod_file(const std::string& image, const std::string& init) {
    return write("site.yaml",
                 "apiVersion: v1\nkind: Pod\nmetadata: {name: site}\nspec:\n"
                 "  terminationGracePeriodSeconds: 0\n"
                 "  initContainers:\n"
                 "  - {name: init, image: '" +
                     image + "', command: [probe, " + init +
                     "]}\n"
                     "  containers:\n"
                     "  - {name: web, image: '" +
                     image +
                     "', command: [probe, forever]}\n"
                     "  - {name: cache, image: '" +
                     image + "', command: [probe, forever]}\n");
  }

  // Whether something is shown in time.
  bool await(const support::Words& words, const std::string& text) const {
    for (int i = 0; i < 200; ++i) {
      if (pod(words).out.find(text) != std::string::npos) return true;
      ::poll(nullptr, 0, 25);
    }
    return false;
  }

  support::Words play(const std::string& file) const {
    return words({"play", "--network", "none", "--tls-verify=false", file});
  }
};

TEST_F(PlayInterrupt, GoesBackWhileAnInitContainerRuns) {
  const std::string file = pod_file(image(), "forever");

  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    support::Program program(play(file), start());
    ASSERT_TRUE(await({"ps", "--format", "{{.Names}} {{.State}}"}, "site-init running"));
    program.signal(signal);
    const auto result = program.wait();

    EXPECT_EQ(result.status, 128 + signal) << result;
    EXPECT_THAT(result.err, HasSubstr("interrupted by SIG"));
    EXPECT_EQ(must({"pod", "ps", "-q"}), "");
    expect_nothing_left();
  }
}

TEST_F(PlayInterrupt, GoesBackWhileAnImageIsPulled) {
  const support::SilentPort registry;
  const std::string file = pod_file(registry.address() + "/site:1", "forever");

  support::Program program(play(file), start());
  ASSERT_TRUE(registry.is_asked());
  program.signal(SIGTERM);

  EXPECT_EQ(program.wait().status, 128 + SIGTERM);
  expect_nothing_left();
}

TEST_F(PlayInterrupt, TellsThatAnInitContainerIsTriedAgain) {
  support::Program program(play(pod_file(image(), "exit, \"3\"")), start());
  ASSERT_TRUE(await({"ps", "-a", "--format", "{{.Names}} {{.Status}}"}, "site-init Exited (3)"));
  program.signal(SIGINT);

  const auto result = program.wait();

  EXPECT_EQ(result.status, 128 + SIGINT) << result;
  EXPECT_THAT(result.err, HasSubstr("init container site-init ended with status 3"));
  expect_nothing_left();
}

TEST_F(PlayInterrupt, LeavesNoHalfMadePodBehindForTheNextPlay) {
  const std::string file = pod_file(image(), "exit, \"0\"");
  must({"play", "--network", "none", file});
  must({"rm", "-f", "site-cache"});

  EXPECT_THAT(pod({"play", "--network", "none", file}).err, HasSubstr("pod site: replaced"));

  EXPECT_EQ(must({"ps", "--format", "{{.Names}}", "--sort", "names"}), "site-cache\nsite-web");
}

TEST_F(PlayInterrupt, LeavesNothingWhenItIsTakenDownMeanwhile) {
  const std::string file = pod_file(image(), "exit, \"0\"");

  for (int i = 0; i < 8; ++i) {
    support::Program program(play(file), start());
    ::poll(nullptr, 0, 2 * i);
    support::Program down(words({"down", file}), start());
    support::Program other(words({"down", file}), start());
    program.wait();
    EXPECT_EQ(down.wait().status, 0);
    EXPECT_EQ(other.wait().status, 0);

    must({"down", file});
    EXPECT_EQ(must({"ps", "-aq"}), "");
  }
  expect_nothing_left();
}

TEST_F(PlayInterrupt, PlaysTheSameFileTwiceAtOnce) {
  const std::string file = pod_file(image(), "sleep, \"0.2\"");

  support::Program first(play(file), start());
  support::Program second(play(file), start());
  support::Program third(play(file), start());

  const std::string outcomes = first.wait().err + second.wait().err + third.wait().err;
  EXPECT_THAT(outcomes, HasSubstr("pod site: created"));
  EXPECT_EQ(outcomes.find("created"), outcomes.rfind("created")) << outcomes;
  EXPECT_EQ(outcomes.find("pod: "), std::string::npos) << outcomes;
  EXPECT_EQ(must({"ps", "--format", "{{.Names}}", "--sort", "names"}), "site-cache\nsite-web");
}
