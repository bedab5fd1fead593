// create, start, stop, restart, kill, wait, rm.
#include "tests/support/home.hpp"

#include <gmock/gmock.h>

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class Life : public support::Home {
 protected:
  std::string state(const std::string& name) const {
    return must({"inspect", "--format", "{{.State.Status}}", name});
  }
};

TEST_F(Life, GoesFromCreatedToRunningToExited) {
  const std::string id =
      must({"create", "--name", "web", "--network", "none", image(), "probe", "wait", "exit", "3"});
  EXPECT_THAT(id, MatchesRegex("[0-9a-f]{64}"));
  EXPECT_EQ(state("web"), "created");

  EXPECT_EQ(must({"start", "web"}), "web");
  EXPECT_EQ(state("web"), "running");
  EXPECT_EQ(must({"start", "web"}), "web");  // running already is no error

  must({"kill", "-s", "TERM", "web"});
  EXPECT_EQ(must({"wait", "web"}), "3");
  EXPECT_EQ(state("web"), "exited");
}

TEST_F(Life, StartsAgain) {
  must({"run", "--name", "web", "--network", "none", image(), "probe", "write", "/kept", "x"});

  const auto result = pod({"start", "--attach", "web"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(must({"inspect", "-f", "{{.State.ExitCode}}", "web"}), "0");
}

TEST_F(Life, StartAttachedGivesOutputAndStatus) {
  must({"create", "--name", "web", "--network", "none", image(), "probe", "print", "one", "exit",
        "6"});

  const auto result = pod({"start", "-a", "web"});

  EXPECT_EQ(result.out, "one\n") << result;
  EXPECT_EQ(result.status, 6);
}

TEST_F(Life, StopsPolitelyFirst) {
  start_probe({"wait", "exit", "4"}, {"--name", "web"});
  support::Program follow(words({"logs", "-f", "web"}), start());
  ASSERT_TRUE(follow.expect("waiting"));

  EXPECT_EQ(must({"stop", "web"}), "web");

  EXPECT_EQ(must({"wait", "web"}), "4");
  EXPECT_TRUE(follow.expect("signal 15"));
  follow.wait();
}

TEST_F(Life, StopsByForceInTheEnd) {
  start_probe({"ignore", "15", "forever"}, {"--name", "web"});

  const auto result = pod({"stop", "--time", "1", "web"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.err, HasSubstr("StopSignal SIGTERM failed to stop container web in 1 seconds, "
                                    "resorting to SIGKILL"));
  EXPECT_EQ(must({"wait", "web"}), "137");
}

TEST_F(Life, StopsWithTheSignalAskedFor) {
  start_probe({"wait", "exit", "4"}, {"--name", "web", "--stop-signal", "USR1"});
  support::Program follow(words({"logs", "-f", "web"}), start());
  ASSERT_TRUE(follow.expect("waiting"));

  must({"stop", "web"});

  EXPECT_TRUE(follow.expect("signal 10"));
  follow.wait();
}

TEST_F(Life, StoppingWhatIsStoppedIsFine) {
  must({"run", "--name", "web", "--network", "none", image(), "probe"});

  EXPECT_EQ(must({"stop", "web"}), "web");
  EXPECT_EQ(pod({"stop", "missing"}).status, 125);
  EXPECT_EQ(pod({"stop", "--ignore", "missing"}).status, 0);
}

TEST_F(Life, StopsAll) {
  start_probe({"forever"});
  start_probe({"forever"});

  must({"stop", "--all", "-t", "0"});

  EXPECT_EQ(must({"ps", "-q"}), "");
  EXPECT_TRUE(support::wait_for_no_descendants());
}

TEST_F(Life, Restarts) {
  start_probe({"forever"}, {"--name", "web"});
  const auto before = inspect("web").at("State").at("Pid").as_integer();

  must({"restart", "-t", "0", "web"});

  EXPECT_EQ(state("web"), "running");
  EXPECT_NE(inspect("web").at("State").at("Pid").as_integer(), before);
}

TEST_F(Life, KillsOnlyWhatRuns) {
  start_probe({"wait", "exit", "2"}, {"--name", "web"});
  support::Program follow(words({"logs", "-f", "web"}), start());
  ASSERT_TRUE(follow.expect("waiting"));

  EXPECT_EQ(must({"kill", "--signal", "SIGUSR2", "web"}), "web");
  EXPECT_EQ(must({"wait", "web"}), "2");
  EXPECT_NE(pod({"kill", "web"}).status, 0);
  EXPECT_EQ(pod({"kill", "--signal", "NOSUCH", "web"}).status, 125);
  follow.wait();
}

TEST_F(Life, WaitsForSeveral) {
  start_probe({"sleep", "0.2", "exit", "1"}, {"--name", "one"});
  start_probe({"sleep", "0.1", "exit", "2"}, {"--name", "two"});

  EXPECT_EQ(must({"wait", "one", "two"}), "1\n2");
  EXPECT_EQ(pod({"wait", "missing"}).status, 125);
  EXPECT_EQ(must({"wait", "--ignore", "missing"}), "-1");
}

TEST_F(Life, WaitsForAnotherState) {
  must({"create", "--name", "web", "--network", "none", image(), "probe", "forever"});
  support::Program waiting(words({"wait", "--condition", "running", "web"}), start());

  must({"start", "web"});

  EXPECT_EQ(waiting.wait().line(), "-1");
}

TEST_F(Life, RestartsByItself) {
  start_probe({"print", "again", "exit", "1"}, {"--name", "web", "--restart", "on-failure:2"});

  EXPECT_TRUE(support::wait_for_no_descendants(10));

  EXPECT_EQ(state("web"), "exited");
  EXPECT_EQ(must({"logs", "web"}), "again\nagain\nagain");
  EXPECT_EQ(must({"inspect", "-f", "{{.RestartCount}}", "web"}), "2");
}

TEST_F(Life, DoesNotRestartWhatWasStopped) {
  start_probe({"forever"}, {"--name", "web", "--restart", "always"});

  must({"stop", "-t", "0", "web"});

  support::run({"sleep", "0.5"});
  EXPECT_EQ(state("web"), "exited");
}

TEST_F(Life, StartsWhatItRequiresFirst) {
  must({"create", "--name", "store", "--network", "none", image(), "probe", "forever"});
  must({"create", "--name", "cache", "--requires", "store", "--network", "none", image(), "probe",
        "forever"});

  start_probe({"forever"}, {"--name", "web", "--requires", "cache"});

  EXPECT_EQ(state("store"), "running");
  EXPECT_EQ(state("cache"), "running");
  EXPECT_EQ(must({"inspect", "-f", "{{len .Dependencies}}", "web"}), "1");
  EXPECT_EQ(pod({"create", "--requires", "missing", image(), "probe"}).status, 125);
}

TEST_F(Life, WaitsForTheFirstOfSeveral) {
  start_probe({"forever"}, {"--name", "one"});
  start_probe({"sleep", "0.2", "exit", "2"}, {"--name", "two"});

  EXPECT_EQ(must({"wait", "--exit-first-match", "-i", "20ms", "one", "two"}), "2");
}

TEST_F(Life, WaitsForOneOfSeveralStates) {
  pod({"run", "--name", "web", "--network", "none", image(), "probe", "exit", "3"});

  EXPECT_EQ(must({"wait", "--condition", "running,exited", "web"}), "3");
  EXPECT_EQ(pod({"wait", "--condition", "healthy", "web"}).status, 125);
  EXPECT_EQ(pod({"wait", "--condition", "merry", "web"}).status, 125);
}

class Rm : public support::Home {};

TEST_F(Rm, RemovesWhatDoesNotRun) {
  must({"run", "--name", "web", "--network", "none", image(), "probe"});

  EXPECT_EQ(must({"rm", "web"}), "web");
  EXPECT_EQ(must({"ps", "-aq"}), "");
  expect_nothing_left();
}

TEST_F(Rm, HasTheStatusOfTheField) {
  start_probe({"forever"}, {"--name", "web"});

  EXPECT_EQ(pod({"rm", "web"}).status, 2);
  EXPECT_EQ(pod({"rm", "missing"}).status, 1);
  EXPECT_EQ(pod({"rm", "--force", "missing"}).status, 0);
  EXPECT_EQ(pod({"rm", "--ignore", "missing"}).status, 0);
  EXPECT_EQ(pod({"rm"}).status, 125);
  EXPECT_EQ(pod({"rm", "-f", "-t", "0", "web"}).status, 0);
}

TEST_F(Rm, GoesOnAfterAFailure) {
  must({"create", "--name", "web", "--network", "none", image(), "probe"});

  const auto result = pod({"rm", "missing", "web"});

  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("missing"));
  EXPECT_EQ(must({"ps", "-aq"}), "");
}

TEST_F(Rm, FindsContainersByTheBeginningOfTheirId) {
  const std::string id = must({"create", "--network", "none", image(), "probe"});

  EXPECT_EQ(must({"rm", id.substr(0, 6)}), id.substr(0, 6));
}

TEST_F(Rm, RemovesAll) {
  start_probe({"forever"});
  must({"create", "--network", "none", image(), "probe"});

  must({"rm", "--all", "--force", "--time", "0"});

  EXPECT_EQ(must({"ps", "-aq"}), "");
  expect_nothing_left();
}
