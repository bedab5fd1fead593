#include "pkg/runtime/launch.hpp"

#include <gmock/gmock.h>

#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "tests/unit/runtime/support.hpp"

namespace {

using testing::HasSubstr;

class Launch : public support::ContainerTest {};

TEST_F(Launch, RunsTheCommandAsRootWithAllIds) {
  const Ended ended = run_shell("id -u; cat /proc/self/uid_map | wc -l; echo $HOME");

  EXPECT_EQ(ended.error, "");
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.out, HasSubstr("0\n"));
  EXPECT_THAT(ended.out, HasSubstr("/root\n"));
}

TEST_F(Launch, GivesTheExitStatusOfTheCommand) {
  EXPECT_EQ(run_shell("exit 7").status, 7);
}

}  // namespace
