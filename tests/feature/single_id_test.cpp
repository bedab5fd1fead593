// A user without subordinate ids, or without newuidmap, has one id and goes on with it.
#include "tests/support/home.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include <unistd.h>

using ::testing::HasSubstr;

namespace {

class SingleId : public support::Home {
 protected:
  // As on a host without newuidmap, and without anything else in $PATH.
  support::Result lonely(const support::Words& arguments) const {
    support::Start lone = start();
    lone.environment["PATH"] = root() + "/nothing";
    return support::run(words(arguments), lone);
  }
};

}  // namespace

TEST_F(SingleId, RunsWithOneClearLine) {
  if (::getuid() == 0) GTEST_SKIP() << "root needs no newuidmap";
  const auto result =
      lonely({"run", "--rm", "--network=none", image(), "probe", "cat", "/proc/self/uid_map"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, ::testing::ContainsRegex("^ +0 +[0-9]+ +1\n$"));
  EXPECT_THAT(result.err, HasSubstr("only one user id can be used: newuidmap is missing"));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

TEST_F(SingleId, NamesWhatItCannotHave) {
  if (::getuid() == 0) GTEST_SKIP() << "root needs no newuidmap";
  const auto user =
      lonely({"run", "--rm", "--network=none", "-u", "user", image(), "probe", "pid"});
  EXPECT_NE(user.status, 0) << user;
  EXPECT_THAT(user.err, HasSubstr("the id is not one that this user namespace has"));

  const auto group =
      lonely({"run", "--rm", "--network=none", "--group-add=extra", image(), "probe", "pid"});
  EXPECT_NE(group.status, 0) << group;
  EXPECT_THAT(group.err, HasSubstr("groups"));
}

TEST_F(SingleId, RunsCommandsInARunningContainer) {
  if (::getuid() == 0) GTEST_SKIP() << "root needs no newuidmap";
  const auto started = lonely({"run", "-d", "--network=none", image(), "probe", "sleep", "100"});
  ASSERT_EQ(started.status, 0) << started;

  const auto result = lonely({"exec", started.line(), "probe", "print", "here"});
  EXPECT_EQ(result.out, "here\n") << result;
  EXPECT_EQ(lonely({"rm", "-f", "-t", "0", started.line()}).status, 0);
}
