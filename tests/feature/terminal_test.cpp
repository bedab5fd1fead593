// run -it and attach: sizes, keys, coming and going.
#include "tests/support/home.hpp"

#include <gmock/gmock.h>

#include <csignal>

using ::testing::HasSubstr;

class Terminal : public support::Home {
 protected:
  support::Start terminal() const {
    support::Start one = start();
    one.terminal = true;
    one.rows = 31;
    one.columns = 97;
    return one;
  }
};

TEST_F(Terminal, HasTheSizeOfTheCallers) {
  support::Program program(
      words({"run", "--rm", "-it", "--network", "none", image(), "probe", "terminal", "exit", "3"}),
      terminal());

  EXPECT_TRUE(program.expect("terminal 31x97"));
  EXPECT_EQ(program.wait().status, 3);
}

TEST_F(Terminal, FollowsTheSizeOfTheCallers) {
  support::Program program(words({"run", "--rm", "-it", "--network", "none", image(), "probe",
                                  "print", "up", "line", "terminal"}),
                           terminal());

  ASSERT_TRUE(program.expect("up"));
  program.resize(50, 120);
  program.signal(SIGWINCH);
  program.send("on\n");
  EXPECT_TRUE(program.expect("terminal 50x120"));
  EXPECT_EQ(program.wait().status, 0);
}

TEST_F(Terminal, SendsKeysToTheContainer) {
  support::Program program(
      words({"run", "--rm", "-it", "--network", "none", image(), "probe", "wait"}), terminal());

  ASSERT_TRUE(program.expect("waiting"));
  program.send("\x03");
  EXPECT_TRUE(program.expect("signal 2"));
  EXPECT_EQ(program.wait().status, 0);
}

TEST_F(Terminal, CanBeLeftAndTakenUpAgain) {
  support::Program program(words({"run", "--name", "web", "-it", "--network", "none", image(),
                                  "probe", "print", "up", "line", "line"}),
                           terminal());
  ASSERT_TRUE(program.expect("up"));
  program.send("\x10\x11");  // ctrl-p, ctrl-q
  EXPECT_EQ(program.wait(5).status, 0);
  EXPECT_EQ(must({"ps", "--format", "{{.Names}}"}), "web");

  support::Program again(words({"attach", "web"}), terminal());
  again.send("one\n");
  EXPECT_TRUE(again.expect("line one"));
  again.send("two\n");
  EXPECT_TRUE(again.expect("line two"));
  EXPECT_EQ(again.wait().status, 0);
}

TEST_F(Terminal, HasOtherKeysToLeaveWhenAsked) {
  support::Program program(words({"run", "--name", "web", "-it", "--detach-keys", "ctrl-x",
                                  "--network", "none", image(), "probe", "print", "up", "read"}),
                           terminal());

  ASSERT_TRUE(program.expect("up"));
  program.send("\x18");
  EXPECT_EQ(program.wait(5).status, 0);
  EXPECT_EQ(must({"ps", "--format", "{{.Names}}"}), "web");
}

TEST_F(Terminal, IsNoneWithoutAsking) {
  support::Program program(
      words({"run", "--rm", "-i", "--network", "none", image(), "probe", "terminal"}), terminal());

  EXPECT_TRUE(program.expect("no terminal"));
  program.wait();
}

TEST_F(Terminal, AttachShowsOutputAndEndsAsTheContainerDoes) {
  const std::string id =
      must({"run", "-d", "-i", "--network", "none", image(), "probe", "line", "exit", "5"});

  const auto result = pod({"attach", id}, "typed\n");

  EXPECT_EQ(result.status, 5) << result;
  EXPECT_THAT(result.out, HasSubstr("line typed"));
}

TEST_F(Terminal, AttachRefusesWhatDoesNotRun) {
  const std::string id = must({"create", "--network", "none", image(), "probe"});

  EXPECT_EQ(pod({"attach", id}).status, 125);
  EXPECT_EQ(pod({"attach", "missing"}).status, 125);
}
