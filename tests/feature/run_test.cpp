#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <array>
#include <csignal>
#include <filesystem>

#include <unistd.h>

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class Run : public support::Home {};

TEST_F(Run, PrintsWhatTheContainerPrints) {
  const auto result = probe({"print", "one", "error", "two"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.out, "one\n");
  EXPECT_EQ(result.err, "two\n");
  expect_nothing_left();
}

TEST_F(Run, LeavesNoProcessWhenNothingComesOfIt) {
  const auto result = pod({"run", "--rm", "--pull=never", "localhost/nowhere", "true"});

  EXPECT_EQ(result.status, 125) << result;
  expect_nothing_left();
}

TEST_F(Run, EndsAsTheContainerDoes) {
  EXPECT_EQ(probe({"exit", "7"}).status, 7);
  EXPECT_EQ(probe({"exit", "255"}).status, 255);
}

TEST_F(Run, SaysWhyItCannotExecute) {
  const std::string name = image();
  const auto run = [&](const std::string& command) {
    return pod({"run", "--rm", "--network", "none", name, command});
  };

  const auto missing = run("no-such-command");
  EXPECT_EQ(missing.status, 127) << missing;
  EXPECT_THAT(missing.err, HasSubstr("no-such-command"));
  EXPECT_EQ(run("/bin").status, 126);
  EXPECT_EQ(run("/bin/not-executable").status, 126);
  EXPECT_EQ(run("/bin/no-program").status, 126);
  expect_nothing_left();
}

TEST_F(Run, SaysSoInTheBackgroundToo) {
  const auto result =
      pod({"run", "--detach", "--rm", "--network", "none", image(), "no-such-command"});

  EXPECT_EQ(result.status, 127) << result;
  EXPECT_EQ(result.out, "");
}

TEST_F(Run, EndsWith125ForItsOwnFailures) {
  const std::string name = image();

  EXPECT_EQ(pod({"run", "--no-such-flag", name}).status, 125);
  EXPECT_EQ(pod({"run"}).status, 125);
  EXPECT_EQ(pod({"run", "--pull", "never", "localhost/missing"}).status, 125);
  EXPECT_EQ(pod({"run", "--network", "no-such-mode", name, "probe"}).status, 125);
  EXPECT_EQ(pod({"run", "--memory", "many", name, "probe"}).status, 125);
}

TEST_F(Run, NamesTheFlagItDoesNotKnow) {
  const auto result = pod({"run", "--mamory", "1g", image(), "probe"});

  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err, HasSubstr("--mamory"));
}

TEST_F(Run, SaysThatItWasKilled) {
  const std::string id = start_probe({"forever"});
  must({"kill", id});

  EXPECT_EQ(must({"wait", id}), "137");
}

TEST_F(Run, InTheBackgroundPrintsTheIdAndReturns) {
  const auto result = pod({"run", "-d", "--network", "none", image(), "probe", "forever"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_FALSE(result.timed_out) << "somebody keeps our output open";
  EXPECT_THAT(result.line(), MatchesRegex("[0-9a-f]{64}"));
  EXPECT_EQ(must({"ps", "--quiet", "--no-trunc"}), result.line());
}

TEST_F(Run, PassesInputOn) {
  const auto result =
      pod({"run", "--rm", "-i", "--network", "none", image(), "probe", "read"}, "text");

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.out, "text");
}

TEST_F(Run, PassesMuchInputAndOutputOn) {
  const std::string text(3 << 20, 'x');

  const auto result =
      pod({"run", "--rm", "-i", "--network", "none", image(), "probe", "read"}, text);

  EXPECT_EQ(result.out.size(), text.size());
}

TEST_F(Run, HasNoInputUnlessAsked) {
  EXPECT_EQ(pod({"run", "--rm", "--network", "none", image(), "probe", "read"}, "text").out, "");
}

TEST_F(Run, PassesSignalsOn) {
  support::Program program(words({"run", "--rm", "--network", "none", image(), "probe", "wait"}),
                           start());

  ASSERT_TRUE(program.expect("waiting"));
  program.signal(SIGUSR1);
  EXPECT_TRUE(program.expect("signal 10"));
  EXPECT_EQ(program.wait().status, 0);
}

TEST_F(Run, ClaimsItsName) {
  start_probe({"forever"}, {"--name", "web"});

  const auto second = pod({"run", "--name", "web", "--network", "none", image(), "probe"});

  EXPECT_EQ(second.status, 125);
  EXPECT_THAT(second.err, HasSubstr("web"));
}

TEST_F(Run, ReplacesWhatHasItsName) {
  const std::string first = start_probe({"forever"}, {"--name", "web"});

  const std::string second = start_probe({"forever"}, {"--name", "web", "--replace"});

  EXPECT_NE(first, second);
  EXPECT_EQ(must({"ps", "-q", "--no-trunc"}), second);
}

TEST_F(Run, RemovesItselfWhenItEndsInTheBackground) {
  const std::string id = start_probe({"sleep", "0.2"}, {"--rm"});

  EXPECT_TRUE(support::wait_for_no_descendants());
  EXPECT_EQ(must({"ps", "-aq"}), "");
  expect_nothing_left();
}

TEST_F(Run, GivesTheEnvironmentOfTheField) {
  const auto all = probe({"env", "all"}, {"--name", "web", "-e", "ONE=1"}).out;

  EXPECT_THAT(all,
              HasSubstr("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"));
  EXPECT_THAT(all, HasSubstr("container=podman\n"));
  EXPECT_THAT(all, HasSubstr("TERM=xterm\n"));
  EXPECT_THAT(all, HasSubstr("HOME=/root\n"));
  EXPECT_THAT(all, HasSubstr("HOSTNAME="));
  EXPECT_THAT(all, HasSubstr("ONE=1\n"));
  EXPECT_THAT(all, testing::Not(HasSubstr("XDG_RUNTIME_DIR")));
}

TEST_F(Run, LeavesTheSignOfAContainer) {
  EXPECT_EQ(probe({"stat", "/run/.containerenv"}).status, 0);
}

TEST_F(Run, KeepsTheCommandLineFromTheContainer) {
  const auto result = probe({"cat", "/proc/1/cmdline"}, {"--init", "-e", "SECRET=x"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, testing::StartsWith("pod-"));
  EXPECT_THAT(result.out, testing::Not(HasSubstr("SECRET")));
}

TEST_F(Run, NamesUsersThatAreMereNumbers) {
  SKIP_FOR(support::why_no_ids());

  EXPECT_THAT(probe({"cat", "/etc/passwd"}, {"--user", "4321:7"}).out,
              HasSubstr("\n4321:*:4321:7:container user:/:/bin/sh\n"));
  EXPECT_THAT(probe({"cat", "/etc/passwd"}, {"--user", "1000"}).out,
              testing::Not(HasSubstr("container user")));
}

TEST_F(Run, HasTheHostsNameInItsNetwork) {
  std::array<char, 65> name{};
  ::gethostname(name.data(), name.size() - 1);

  const auto result =
      pod({"run", "--rm", "--network", "host", image(), "probe", "env", "HOSTNAME"});

  EXPECT_EQ(result.line(), name.data()) << result;
}

TEST_F(Run, TellsThatPortsAreNotPublishedWithoutANetwork) {
  const auto result = probe({"pid"}, {"-p", "8080:80"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.err, HasSubstr("network none: ports are not published"));
}

TEST_F(Run, SetsTheTimeZoneWithoutAVariable) {
  EXPECT_EQ(probe({"env", "TZ"}, {"--tz", "local"}).line(), "(unset)");
  EXPECT_THAT(probe({"pid"}, {"--tz", "No/Where"}).err, HasSubstr("time zone No/Where"));
}

TEST_F(Run, RefusesResolversThatAreNone) {
  const auto result = pod({"run", "--rm", "--dns", "bogus", image(), "probe"});

  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err, HasSubstr("--dns: bogus: not an address"));
}

TEST_F(Run, TakesVariablesFromFlagsFilesAndTheCaller) {
  const std::string file = write("variables", "# comment\nTWO=from file\nTHREE=three\n");
  support::Start caller = start();
  caller.environment["FOUR"] = "from caller";

  const auto result = support::run(
      words({"run", "--rm", "--network", "none", "--env-file", file, "-e", "THREE=3", "-e", "FOUR",
             image(), "probe", "env", "TWO", "env", "THREE", "env", "FOUR"}),
      caller);

  EXPECT_EQ(result.out, "from file\n3\nfrom caller\n") << result;
}

TEST_F(Run, RunsAsTheUserAskedFor) {
  EXPECT_EQ(probe({"ids"}).line(), "0:0 groups 0");
  EXPECT_THAT(probe({"ids"}, {"--user", "1000"}).line(), testing::StartsWith("1000:1000"));
  EXPECT_THAT(probe({"ids"}, {"--user", "user"}).line(), testing::StartsWith("1000:1000"));
  EXPECT_THAT(probe({"ids"}, {"--user", "1000:2000"}).line(), testing::StartsWith("1000:2000"));
  EXPECT_THAT(probe({"env", "HOME"}, {"--user", "user"}).line(), "/home/user");
  EXPECT_EQ(probe({"ids"}, {"--user", "nobody-here"}).status, 125);
}

TEST_F(Run, GivesTheGroupsOfTheImage) {
  EXPECT_THAT(probe({"ids"}, {"--user", "user"}).line(), EndsWith(" 2000"));
}

TEST_F(Run, StartsInTheWorkingDirectory) {
  EXPECT_EQ(probe({"pwd"}).line(), "/");
  EXPECT_EQ(probe({"pwd"}, {"--workdir", "/home/user"}).line(), "/home/user");
  // One that the command line names has to be there: it may be misspelt.
  EXPECT_NE(probe({"pwd"}, {"-w", "/misspelt"}).status, 0);
}

TEST_F(Run, HasAHostName) {
  EXPECT_EQ(probe({"hostname"}, {"--hostname", "web"}).line(), "web");
  EXPECT_THAT(probe({"hostname"}).line(), MatchesRegex("[0-9a-f]{12}"));
  EXPECT_THAT(probe({"cat", "/etc/hosts"}, {"--hostname", "web"}).out, HasSubstr("web"));
}

TEST_F(Run, TakesAnotherEntryPoint) {
  const auto result =
      pod({"run", "--rm", "--network", "none", "--entrypoint", "probe", image(), "print", "one"});

  EXPECT_EQ(result.out, "one\n") << result;
}

TEST_F(Run, WritesItsIdToAFile) {
  const std::string file = root() + "/id";

  const std::string id = start_probe({"forever"}, {"--cidfile", file});

  EXPECT_EQ(must({"inspect", "--format", "{{.Id}}", id}), id);
  EXPECT_TRUE(std::filesystem::exists(file));
  must({"rm", "-f", "-t", "0", id});
}

TEST_F(Run, StopsAtTheTimeout) {
  const auto result = probe({"forever"}, {"--timeout", "1"});

  EXPECT_NE(result.status, 0) << result;
  EXPECT_FALSE(result.timed_out);
}

TEST_F(Run, ReapsWithInit) {
  EXPECT_EQ(probe({"exit", "3"}, {"--init"}).status, 3);
  EXPECT_NE(probe({"pid"}, {"--init"}).line(), "1");
}

TEST_F(Run, LivesOnWhenTheCallerIsKilled) {
  support::Program caller(words({"run", "--name", "web", "--network", "none", image(), "probe",
                                 "print", "up", "forever"}),
                          start());
  ASSERT_TRUE(caller.expect("up"));

  caller.signal(SIGKILL);
  caller.wait();

  EXPECT_EQ(must({"ps", "--format", "{{.Names}}"}), "web");
  EXPECT_EQ(must({"exec", "web", "probe", "print", "still here"}), "still here");
}

// A file that takes the number of a closed stream would be read and written as if it were that.
TEST_F(Run, WorksWhereTheCallerClosedItsStreams) {
  support::Words closed = {"/bin/sh", "-c", "exec \"$@\" <&- >&- 2>&-", "sh"};
  const support::Words run = words({"run", "--rm", "--network", "none", image(), "probe", "print",
                                    "one", "error", "two", "exit", "3"});
  closed.insert(closed.end(), run.begin(), run.end());

  const auto result = support::run(closed, start());

  EXPECT_EQ(result.status, 3) << result;
  expect_nothing_left();
}

TEST_F(Run, ShowsWhatItWouldDoForHelp) {
  const auto result = pod({"run", "--help"});

  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out, HasSubstr("--publish"));
}
