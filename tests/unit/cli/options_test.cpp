#include "cmd/cli/options.hpp"

#include "pkg/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The options that the tests type.
struct Typed {
  bool terminal = false;
  bool interactive = false;
  bool proxy = true;
  std::optional<bool> verify;
  std::string name = "none";
  std::optional<std::string> entrypoint;
  std::int64_t tail = -1;
  std::optional<std::int64_t> time;
  double cpus = 0;
  std::vector<std::string> env;
  std::vector<std::string> caps;
  std::vector<std::string> publish;
  std::string image;
  std::vector<std::string> rest;
  bool time_is_given = false;

  void declare(cli::Options& options) {
    options.flag("-t,--tty", terminal, "A terminal")
        .flag("-i,--interactive", interactive, "Standard input")
        .flag("--http-proxy", proxy, "Proxy variables")
        .flag("--tls-verify", verify, "Check certificates")
        .value("-n,--name", name, "A name")
        .value("--entrypoint", entrypoint, "The program")
        .value("--tail", tail, "Lines")
        .value("--time,--timeout", time, "Seconds")
        .value("--cpus", cpus, "Processors")
        .values("-e,--env", env, "Environment")
        .list("--cap-add", caps, "Capabilities")
        .list("-p,--publish", publish, "Ports")
        .ignore_flags("--disable-content-trust")
        .refuse("--health-cmd,--health-interval")
        .argument("IMAGE", image)
        .rest("ARG", rest);
  }
};

Typed parse(const std::vector<std::string>& words, bool stops = true) {
  Typed typed;
  cli::Options options("Test");
  typed.declare(options);
  if (stops) options.stop_at_argument();
  options.parse({"run", words});
  typed.time_is_given = options.is_given("--time");
  return typed;
}

std::string error_of(const std::vector<std::string>& words) {
  try {
    parse(words);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.status(), 125);
    return error.what();
  }
  return "";
}

TEST(Options, KeepTheirValueUnlessTyped) {
  const Typed typed = parse({"alpine"});

  EXPECT_FALSE(typed.terminal);
  EXPECT_TRUE(typed.proxy);
  EXPECT_EQ(typed.verify, std::nullopt);
  EXPECT_EQ(typed.name, "none");
  EXPECT_EQ(typed.tail, -1);
  EXPECT_FALSE(typed.time_is_given);
  EXPECT_THAT(typed.env, IsEmpty());
}

TEST(Options, TakeClustersOfShortFlags) {
  const Typed typed = parse({"-it", "alpine"});

  EXPECT_TRUE(typed.terminal);
  EXPECT_TRUE(typed.interactive);
}

TEST(Options, TakeAClusterThatEndsInAValue) {
  EXPECT_EQ(parse({"-itnweb", "alpine"}).name, "web");
  EXPECT_EQ(parse({"-itn", "web", "alpine"}).name, "web");
  EXPECT_EQ(parse({"-itn=web", "alpine"}).name, "web");
}

TEST(Options, TakeBooleansWithAValue) {
  EXPECT_FALSE(parse({"--http-proxy=false", "alpine"}).proxy);
  EXPECT_EQ(parse({"--tls-verify=0", "alpine"}).verify, false);
  EXPECT_EQ(parse({"--tls-verify", "alpine"}).verify, true);
  EXPECT_FALSE(parse({"-t", "-t=false", "alpine"}).terminal);
}

TEST(Options, TakeEmptyAndOddValuesAsTheyStand) {
  EXPECT_EQ(parse({"--entrypoint=", "alpine"}).entrypoint, "");
  EXPECT_EQ(parse({"--entrypoint", "", "alpine"}).entrypoint, "");
  EXPECT_EQ(parse({"--entrypoint", R"(["a","b"])", "alpine"}).entrypoint, R"(["a","b"])");
  EXPECT_EQ(parse({"--name", "--tty", "alpine"}).name, "--tty");
  EXPECT_EQ(parse({"--name=a=b", "alpine"}).name, "a=b");
  EXPECT_EQ(parse({"--name", "--", "alpine"}).name, "--");
  EXPECT_THAT(parse({"-e", "[x]", "-e", "{}", "-e", "A=[b,c]", "alpine"}).env,
              ElementsAre("[x]", "{}", "A=[b,c]"));
}

TEST(Options, TakeNumbers) {
  EXPECT_EQ(parse({"--tail", "-1", "alpine"}).tail, -1);
  EXPECT_EQ(parse({"--timeout=5", "alpine"}).time, 5);
  EXPECT_DOUBLE_EQ(parse({"--cpus", "1.5", "alpine"}).cpus, 1.5);
  EXPECT_TRUE(parse({"--timeout=5", "alpine"}).time_is_given);
}

TEST(Options, SplitListsAtCommasAndRepeat) {
  EXPECT_THAT(parse({"--cap-add", "CHOWN,KILL", "--cap-add=ALL", "alpine"}).caps,
              ElementsAre("CHOWN", "KILL", "ALL"));
  EXPECT_THAT(parse({"-e", "A=1,2", "-eB=3", "alpine"}).env, ElementsAre("A=1,2", "B=3"));
  EXPECT_THAT(parse({"-p8080:80,81", "alpine"}).publish, ElementsAre("8080:80", "81"));
}

TEST(Options, LeaveWhatFollowsTheFirstArgumentAlone) {
  const Typed typed = parse({"-t", "alpine", "ls", "-l", "--", "--name=x", "[a]"});

  EXPECT_TRUE(typed.terminal);
  EXPECT_EQ(typed.image, "alpine");
  EXPECT_THAT(typed.rest, ElementsAre("ls", "-l", "--", "--name=x", "[a]"));
  EXPECT_EQ(typed.name, "none");
}

TEST(Options, MayStandBetweenArguments) {
  const Typed typed = parse({"web", "-t", "db", "--", "-x"}, false);

  EXPECT_TRUE(typed.terminal);
  EXPECT_EQ(typed.image, "web");
  EXPECT_THAT(typed.rest, ElementsAre("db", "-x"));
}

TEST(Options, IgnoreWhatThePeersIgnore) {
  EXPECT_EQ(parse({"--disable-content-trust=false", "alpine"}).image, "alpine");
}

TEST(Options, SayWhatIsWrong) {
  EXPECT_EQ(error_of({"--nme", "x"}), "run: --nme: unknown option, did you mean --name?");
  EXPECT_EQ(error_of({"-z"}), "run: -z: unknown option");
  EXPECT_EQ(error_of({"--health-cmd", "true", "alpine"}), "run: --health-cmd: not supported yet");
  EXPECT_EQ(error_of({"--health-interval=3s"}), "run: --health-interval: not supported yet");
  EXPECT_EQ(error_of({"--name"}), "run: --name: needs a value");
  EXPECT_EQ(error_of({"-n"}), "run: -n: needs a value");
  EXPECT_EQ(error_of({"--tail", "all", "alpine"}), "run: --tail: all: expected a whole number");
  EXPECT_EQ(error_of({"--tty=maybe", "alpine"}), "run: --tty: maybe: expected true or false");
  EXPECT_EQ(error_of({}), "run: IMAGE is missing");
}

TEST(Options, RefuseArgumentsTooMany) {
  cli::Options options("Test");

  EXPECT_THROW(options.parse({"version", {"x"}}), base::Error);
}

TEST(Options, ShowAllButHiddenOnesInTheHelp) {
  Typed typed;
  cli::Options options("Run a command in a new container");
  typed.declare(options);

  const std::string help = options.help("run");

  EXPECT_THAT(help, HasSubstr("Usage:\n  pod run [options] IMAGE [ARG...]\n"));
  EXPECT_THAT(help, HasSubstr("  -t, --tty "));
  EXPECT_THAT(help, HasSubstr("      --http-proxy            Proxy variables (default true)\n"));
  EXPECT_THAT(help, HasSubstr("      --time, --timeout int   Seconds\n"));
  EXPECT_THAT(help, HasSubstr("  -h, --help "));
  EXPECT_THAT(help, testing::Not(HasSubstr("health-cmd")));
}

TEST(SplitCsv, KeepsCommasInQuotes) {
  EXPECT_THAT(cli::split_csv("a,b"), ElementsAre("a", "b"));
  EXPECT_THAT(cli::split_csv(R"(a,"b,c",d)"), ElementsAre("a", "b,c", "d"));
  EXPECT_THAT(cli::split_csv(R"("say ""hi""")"), ElementsAre("say \"hi\""));
  EXPECT_THAT(cli::split_csv(""), ElementsAre(""));
  EXPECT_THROW(cli::split_csv("\"a"), base::Error);
}

}  // namespace
