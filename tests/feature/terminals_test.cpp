// Ten terminals at once, on one container and on ten: each has its size, its keys and its signals,
// and those of the others do not reach it. And what becomes of a container whose terminal goes.
#include "tests/support/home.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <memory>

using support::Words;
using ::testing::HasSubstr;

namespace {

constexpr int kMany = 10;

class Terminals : public support::Home {
 protected:
  support::Program& open(const Words& arguments) {
    support::Start one = start();
    one.terminal = true;
    one.rows = static_cast<unsigned short>(20 + all_.size());     // NOLINT
    one.columns = static_cast<unsigned short>(80 + all_.size());  // NOLINT
    all_.push_back(std::make_unique<support::Program>(words(arguments), one));
    return *all_.back();
  }

  static std::string size_of(int first_row, int number) {
    return "terminal " + std::to_string(first_row + number) + "x" + std::to_string(80 + number);
  }

  // What each of them does: tells its size, waits for it to change, tells it, says what is typed,
  // and waits for another signal.
  static Words course() {
    return {"probe", "print", "up", "terminal", "wait", "terminal", "line", "wait", "exit", "7"};
  }

  void expect_courses_of_their_own() {
    for (int i = 0; i < kMany; ++i) {
      EXPECT_TRUE(at(i).expect(size_of(20, i))) << i;
      EXPECT_TRUE(at(i).expect("waiting")) << i;
    }
    for (int i = 0; i < kMany; ++i)
      at(i).resize(static_cast<unsigned short>(50 + i), static_cast<unsigned short>(80 + i));
    for (int i = 0; i < kMany; ++i) {
      EXPECT_TRUE(at(i).expect("signal 28")) << i;
      EXPECT_TRUE(at(i).expect(size_of(50, i))) << i;
    }
    for (int i = 0; i < kMany; ++i)
      at(i).send("typed " + std::to_string(i) + "\n");
    for (int i = 0; i < kMany; ++i) {
      EXPECT_TRUE(at(i).expect("line typed " + std::to_string(i))) << i;
      EXPECT_TRUE(at(i).expect("waiting")) << i;
    }
  }

  // ctrl-c for those with an even number; what reaches the others is ctrl-\, of their own.
  void expect_keys_of_their_own() {
    for (int i = 0; i < kMany; i += 2)
      at(i).send("\x03");
    for (int i = 0; i < kMany; i += 2) {
      EXPECT_TRUE(at(i).expect("signal 2")) << i;
      EXPECT_EQ(at(i).wait().status, 7) << i;
    }
    for (int i = 1; i < kMany; i += 2)
      at(i).send("\x1c");
    for (int i = 1; i < kMany; i += 2) {
      EXPECT_TRUE(at(i).expect("signal 3")) << i;
      EXPECT_EQ(at(i).wait().status, 7) << i;
    }
  }

  support::Program& at(int number) { return *all_.at(static_cast<std::size_t>(number)); }
  void forget_all() { all_.clear(); }

 private:
  std::vector<std::unique_ptr<support::Program>> all_;
};

}  // namespace

TEST_F(Terminals, OfOneContainerDoNotMeet) {
  start_probe({"forever"}, {"--name", "web"});
  Words exec = {"exec", "-it", "web"};
  for (const std::string& word : course())
    exec.push_back(word);

  for (int i = 0; i < kMany; ++i)
    open(exec);

  expect_courses_of_their_own();
  expect_keys_of_their_own();
  EXPECT_EQ(must({"ps", "--format", "{{.Names}}"}), "web");
}

TEST_F(Terminals, OfTenContainersDoNotMeet) {
  Words run = {"run", "--rm", "-it", "--network", "none", image()};
  for (const std::string& word : course())
    run.push_back(word);

  for (int i = 0; i < kMany; ++i)
    open(run);

  expect_courses_of_their_own();
  expect_keys_of_their_own();
  expect_nothing_left();
}

TEST_F(Terminals, ThatAreAttachedSeeTheSameAndGoOneByOne) {
  start_probe({"read", "exit", "3"}, {"--name", "web", "-it"});
  for (int i = 0; i < kMany; ++i)
    open({"attach", "--detach-keys", "ctrl-x,x", "web"});
  // Who is attached has what is said from then on.
  for (int i = 0; i < kMany; ++i) {
    at(i).send(".\n");
    for (int other = 0; other <= i; ++other)
      ASSERT_TRUE(at(other).expect(".")) << i << " " << other;
  }

  for (int i = 0; i < kMany - 1; ++i) {
    at(i).send("\x18x");
    EXPECT_EQ(at(i).wait(5).status, 0) << i;
  }
  at(kMany - 1).send("\x04");  // ctrl-d: the end of what is typed
  EXPECT_EQ(at(kMany - 1).wait().status, 3);
}

// As with podman, a program that knows of it can end, or go on until it is attached to again.
TEST_F(Terminals, ThatAreClosedAreTheContainersToHearOf) {
  support::Program& run = open({"run", "--name", "web", "-it", "--network", "none", image(),
                                "probe", "print", "up", "wait", "line", "exit", "4"});
  ASSERT_TRUE(run.expect("waiting"));

  run.close_output();
  EXPECT_EQ(must({"ps", "--format", "{{.Names}}"}), "web");
  support::Program& again = open({"attach", "web"});
  again.send("typed\n");
  EXPECT_TRUE(again.expect("line typed"));

  EXPECT_EQ(again.wait().status, 4);
  run.wait(5);
  EXPECT_THAT(must({"logs", "web"}), HasSubstr("signal 1\r\n"));
  EXPECT_TRUE(support::wait_for_no_descendants());
}

TEST_F(Terminals, WhoseCommandsAreKilledLeaveTheContainerRunning) {
  start_probe({"line", "exit", "4"}, {"--name", "web", "-it"});
  for (int i = 0; i < kMany; ++i)
    open({"attach", "web"});
  for (int i = 0; i < kMany; ++i)
    open({"exec", "-it", "web", "probe", "print", "up", "sleep", "0.5"});
  for (int i = kMany; i < 2 * kMany; ++i)
    ASSERT_TRUE(at(i).expect("up"));

  for (int i = 0; i < 2 * kMany; ++i)
    at(i).signal(SIGKILL);
  for (int i = 0; i < 2 * kMany; ++i)
    at(i).wait(5);

  support::Program& again = open({"attach", "web"});
  again.send("typed\n");
  EXPECT_TRUE(again.expect("line typed"));
  EXPECT_EQ(again.wait().status, 4);
}

TEST_F(Terminals, ThatAreClosedLeaveNoCommandOfExec) {
  start_probe({"forever"}, {"--name", "web"});
  for (int i = 0; i < kMany; ++i)
    open({"exec", "-it", "web", "probe", "print", "up", "wait"});
  for (int i = 0; i < kMany; ++i)
    ASSERT_TRUE(at(i).expect("waiting"));

  for (int i = 0; i < kMany; ++i)
    at(i).close_output();
  for (int i = 0; i < kMany; ++i)
    EXPECT_FALSE(at(i).wait(5).timed_out);

  EXPECT_EQ(must({"exec", "web", "probe", "print", "x"}), "x");
}
