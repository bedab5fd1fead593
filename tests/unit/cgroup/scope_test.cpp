#include "pkg/cgroup/scope.hpp"

#include <gtest/gtest.h>

TEST(SharedScope, IsWhereSystemdUsuallyPutsIt) {
  const std::string above = "/user.slice/user-1000.slice/user@1000.service";

  EXPECT_EQ(cgroup::usual_place(1000, ""), above + "/app.slice/pod.scope");
  EXPECT_EQ(cgroup::usual_place(1000, "mine.slice"), above + "/mine.slice/pod-mine.scope");
  EXPECT_EQ(cgroup::usual_place(1000, "a-b.slice"), above + "/a.slice/a-b.slice/pod-a-b.scope");
  EXPECT_EQ(cgroup::usual_place(0, ""), "/system.slice/pod.scope");
}
