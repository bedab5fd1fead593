#include "tests/support/home.hpp"

#include <gmock/gmock.h>

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class Logs : public support::Home {};

TEST_F(Logs, KeepsBothStreamsApart) {
  must({"run", "--name", "web", "--network", "none", image(), "probe", "print", "one", "error",
        "two", "bare", "three"});

  const auto result = pod({"logs", "web"});

  EXPECT_EQ(result.out, "one\nthree") << result;
  EXPECT_EQ(result.err, "two\n");
}

TEST_F(Logs, AreKeptForWhatRunsInTheBackground) {
  const std::string id = start_probe({"print", "one"});
  must({"wait", id});

  EXPECT_EQ(must({"logs", id}), "one");
}

TEST_F(Logs, ShowTheLastLines) {
  must({"run", "--name", "web", "--network", "none", image(), "probe", "print", "one", "print",
        "two", "print", "three"});

  EXPECT_EQ(must({"logs", "--tail", "2", "web"}), "two\nthree");
  EXPECT_EQ(must({"logs", "--tail", "0", "web"}), "");
  EXPECT_EQ(must({"logs", "--tail", "-1", "web"}), "one\ntwo\nthree");
}

TEST_F(Logs, ShowTimes) {
  must({"run", "--name", "web", "--network", "none", image(), "probe", "print", "one"});

  EXPECT_THAT(must({"logs", "-t", "web"}), MatchesRegex("20[0-9-]+T[0-9:.]+[Z+-][0-9:]* one"));
  EXPECT_EQ(must({"logs", "--since", "1h", "web"}), "one");
  EXPECT_EQ(must({"logs", "--until", "2020-01-01", "web"}), "");
}

TEST_F(Logs, FollowUntilTheEnd) {
  start_probe({"print", "one", "sleep", "0.5", "print", "two"}, {"--name", "web"});

  const auto result = pod({"logs", "-f", "web"});

  EXPECT_EQ(result.out, "one\ntwo\n") << result;
  EXPECT_EQ(result.status, 0);
  EXPECT_FALSE(result.timed_out);
}

TEST_F(Logs, FollowAsItHappens) {
  start_probe({"print", "one", "wait", "print", "two", "forever"}, {"--name", "web"});
  support::Program program(words({"logs", "--follow", "web"}), start());

  EXPECT_TRUE(program.expect("waiting"));
  must({"kill", "--signal", "USR1", "web"});
  EXPECT_TRUE(program.expect("two"));
  must({"kill", "web"});
  EXPECT_EQ(program.wait().status, 0);
}

TEST_F(Logs, ShowSeveralContainers) {
  must({"run", "--name", "web", "--network", "none", image(), "probe", "print", "one"});
  must({"run", "--name", "cache", "--network", "none", image(), "probe", "print", "two"});

  const std::string both = must({"logs", "--names", "web", "cache"});

  EXPECT_THAT(both, HasSubstr("one"));
  EXPECT_THAT(both, HasSubstr("two"));
  EXPECT_THAT(both, HasSubstr("cache"));
}

TEST_F(Logs, OfSeveralContainersSayWhoSpoke) {
  must({"run", "--name", "web", "--network", "none", image(), "probe", "print", "one"});
  const std::string id = must({"ps", "-aq"});

  const std::string both = must({"logs", "web", "web"});

  EXPECT_EQ(both, id + " one\n" + id + " one");
}

TEST_F(Logs, SurviveLongLinesAndMuchOutput) {
  must({"run", "-d", "--name", "web", "--network", "none", image(), "probe", "flood", "5000000"});
  must({"wait", "web"});

  EXPECT_GE(must({"logs", "web"}).size(), 5000000U - 1024U);
}

TEST_F(Logs, SayWhenThereAreNone) {
  must({"run", "--name", "web", "--log-driver", "none", "--network", "none", image(), "probe"});

  EXPECT_EQ(pod({"logs", "web"}).status, 125);
  EXPECT_EQ(pod({"logs", "missing"}).status, 125);
}

TEST_F(Logs, LoseNothingToAFollowerWhenTheyAreTurnedOver) {
  start_probe({"wait", "flood", "40000000"}, {"--name", "web", "--log-opt", "max-size=8m"});
  support::Program follow(words({"logs", "-f", "web"}), start());
  ASSERT_TRUE(follow.expect("waiting"));

  must({"kill", "--signal", "USR1", "web"});
  const auto followed = follow.wait(60);

  const std::size_t lines = (40'000'000 + 1023) / 1024;
  EXPECT_EQ(followed.out.size(), followed.out.find('x') + lines * 1024);
}

TEST_F(Logs, GoOnOverRestarts) {
  start_probe({"print", "again", "sleep", "0.1", "exit", "1"},
              {"--name", "web", "--restart", "on-failure:2"});

  const auto result = pod({"logs", "-f", "web"});

  EXPECT_EQ(result.out, "again\nagain\nagain\n") << result;
}

TEST_F(Logs, EndAtATimeToCome) {
  start_probe({"print", "one", "forever"}, {"--name", "web"});

  const auto result = pod({"logs", "-f", "--until", "500ms", "web"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_FALSE(result.timed_out);
}

TEST_F(Logs, TakeTimesOfAllForms) {
  must({"run", "--name", "web", "--network", "none", image(), "probe", "print", "one"});

  for (const char* past : {"2020-01-01", "2020-01-01T00:00:00Z", "1577836800", "1577836800.5",
                           "2020-01-01T00:00:00.5+02:00", "1h30m"}) {
    EXPECT_EQ(must({"logs", "--since", past, "web"}), "one") << past;
  }
  EXPECT_EQ(must({"logs", "--until", "2020-01-01", "web"}), "");
  EXPECT_EQ(must({"logs", "--until", "1h", "web"}), "one");
  EXPECT_EQ(pod({"logs", "--since", "soon", "web"}).status, 125);
}

TEST_F(Logs, GoToTheCallersStreams) {
  must({"create", "--name", "web", "--log-driver", "passthrough", "--network", "none", image(),
        "probe", "print", "one", "error", "two", "read"});

  const auto result = pod({"start", "--attach", "web"}, "typed");

  EXPECT_EQ(result.out, "one\ntyped");
  EXPECT_EQ(result.err, "two\n");
  EXPECT_EQ(pod({"logs", "web"}).status, 125);
}
