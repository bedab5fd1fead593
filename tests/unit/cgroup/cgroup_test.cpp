// On a real hierarchy, where the host lets us.
#include "pkg/cgroup/cgroup.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RealCgroup : public testing::Test {
 protected:
  void SetUp() override {
    delegation = cgroup::find_delegation();
    if (delegation.path.empty()) GTEST_SKIP() << delegation.reason;
    name = "pod-test-" + std::to_string(::getpid());
  }
  void TearDown() override {
    if (!name.empty()) cgroup::remove(delegation.path + "/" + name);
  }
  bool has(const std::string& controller) const {
    return cgroup::enable(delegation.path, controller);
  }

  cgroup::Delegation delegation;
  std::string name;
};

sys::Child sleep_in(const std::string& path) {
  sys::Child child = sys::Child::spawn({"sleep", "100"}, {});
  sys::write_all(sys::open_file(path + "/cgroup.procs", O_WRONLY), std::to_string(child.pid()));
  return child;
}

TEST_F(RealCgroup, IsMadeWithTheOnesAboveIt) {
  const cgroup::Made made = cgroup::make(delegation, name + "/inner", {});

  EXPECT_EQ(made.path, delegation.path + "/" + name + "/inner");
  EXPECT_THAT(made.unmet, IsEmpty());
  EXPECT_TRUE(sys::exists(made.path + "/cgroup.procs"));
}

TEST_F(RealCgroup, IsRemovedWithItsProcessesAndWhatTheyMadeBelow) {
  const cgroup::Made made = cgroup::make(delegation, name + "/inner", {});
  sys::make_dirs(made.path + "/of.theirs/deep");
  sys::Child child = sleep_in(made.path + "/of.theirs/deep");

  cgroup::remove(made.path);

  EXPECT_EQ(child.wait(), 137);
  EXPECT_FALSE(sys::exists(delegation.path + "/" + name));
}

TEST_F(RealCgroup, StandsStillWhileItIsFrozen) {
  const cgroup::Made made = cgroup::make(delegation, name, {});
  sys::Child child = sleep_in(made.path);

  cgroup::freeze(made.path);

  EXPECT_THAT(sys::read_file(made.path + "/cgroup.events"), HasSubstr("frozen 1"));
  cgroup::thaw(made.path);
  EXPECT_EQ(sys::read_file(made.path + "/cgroup.freeze"), "0\n");
  cgroup::remove(made.path);
  EXPECT_EQ(child.wait(), 137);
}

TEST_F(RealCgroup, StaysAboveOthers) {
  const cgroup::Made one = cgroup::make(delegation, name + "/one", {});
  const cgroup::Made two = cgroup::make(delegation, name + "/two", {});

  cgroup::remove(one.path);

  EXPECT_TRUE(sys::exists(two.path));
}

TEST_F(RealCgroup, NamesWhatItCannotLimit) {
  const cgroup::Made made =
      cgroup::make(delegation, name, {{"nothing", "nothing.max", "1", "limit of nothing"}});

  EXPECT_THAT(made.unmet, ElementsAre("limit of nothing"));
}

TEST_F(RealCgroup, HoldsTheLimits) {
  if (!has("pids")) GTEST_SKIP() << "the controller pids is not handed to this user";

  const cgroup::Made made = cgroup::make(delegation, name, cgroup::settings_of({.pids_limit = 7}));

  EXPECT_EQ(sys::read_file(made.path + "/pids.max"), "7\n");
}

TEST_F(RealCgroup, IsNotMadeWithValuesThatTheKernelRefuses) {
  const std::string file = "cgroup.max.depth";
  try {
    cgroup::make(delegation, name, {{"cgroup", file, "many", "depth"}});
    FAIL() << "nothing thrown";
  } catch (const base::Error& error) {
    EXPECT_STREQ(error.what(), "depth: cgroup.max.depth=many: invalid argument");
  }
  EXPECT_FALSE(sys::exists(delegation.path + "/" + name));
}

TEST(Cgroup, ThatIsGoneIsRemovedAlready) {
  EXPECT_NO_THROW(cgroup::remove("/no/such/cgroup"));
  EXPECT_NO_THROW(cgroup::remove(""));
  EXPECT_FALSE(cgroup::was_oom_killed("/no/such/cgroup"));
}

}  // namespace
