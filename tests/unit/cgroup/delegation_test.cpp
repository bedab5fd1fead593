// Finding where cgroups may be made, in folders that look like a hierarchy.
#include "pkg/cgroup/delegation.hpp"

#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace {

using cgroup::find_delegation;

class Hierarchy : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/pod-cgroup-test-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { sys::remove_tree(root_); }

  // A cgroup that is ours.
  void add(const std::string& path) const {
    sys::make_dirs(root_ + path);
    sys::create_file(root_ + path + "/cgroup.procs", "");
    sys::create_file(root_ + path + "/cgroup.controllers", "cpu memory\n");
  }
  // One that is somebody else's.
  void add_foreign(const std::string& path) const {
    add(path);
    ::chmod((root_ + path + "/cgroup.procs").c_str(), 0444);
  }
  void add_systemd(const std::string& path) const { sys::make_dirs(root_ + path + "/init.scope"); }
  bool mark(const std::string& path) const {
    return ::setxattr((root_ + path).c_str(), "user.delegate", "1", 1, 0) == 0;
  }
  std::string found_from(const std::string& own) const {
    const std::string path = find_delegation(root_, own).path;
    return path.empty() ? "none" : path.substr(root_.size());
  }

  std::string root_;
};

TEST(CgroupOfProcess, IsTheLineOfVersion2) {
  EXPECT_EQ(cgroup::path_in("8:pids:/x\n0::/user.slice/a b\n"), "/user.slice/a b");
  EXPECT_EQ(cgroup::path_in("8:pids:/x\n"), "/");
  EXPECT_EQ(cgroup::path_in(""), "/");
}

TEST_F(Hierarchy, OffersTheTopmostCgroupOfOurs) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  add_foreign("/a");
  add("/a/b");
  add("/a/b/c");

  EXPECT_EQ(found_from("/a/b/c"), "/a/b");
  EXPECT_EQ(find_delegation(root_, "/a/b/c").controllers,
            (std::vector<std::string>{"cpu", "memory"}));
}

TEST_F(Hierarchy, OffersNothingWhereAllIsForeign) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  add_foreign("/a");

  EXPECT_EQ(found_from("/a"), "none");
  EXPECT_NE(find_delegation(root_, "/a").reason, "");
}

TEST_F(Hierarchy, OffersNothingOfSystemds) {
  add("/user");
  add_systemd("/user");
  add("/user/app.slice");
  add("/user/app.slice/terminal.scope");

  EXPECT_EQ(found_from("/user/app.slice/terminal.scope"), "none");
}

TEST_F(Hierarchy, OffersWhatSystemdHasDelegated) {
  add("/system");
  add_systemd("/system");
  add("/system/a.service");
  add("/system/a.service/inner");
  if (!mark("/system") || !mark("/system/a.service")) GTEST_SKIP() << "no user attributes here";

  EXPECT_EQ(found_from("/system/a.service/inner"), "/system/a.service");
  EXPECT_EQ(found_from("/system"), "none");
}

TEST_F(Hierarchy, IsLeftAloneFromOutsideOfItsNamespace) {
  add("/a");

  EXPECT_EQ(found_from("/../a"), "none");
}

TEST_F(Hierarchy, HandsDownOnlyWhatItHasAndFromCgroupsWithoutProcesses) {
  add("/a");
  sys::create_file(root_ + "/a/cgroup.subtree_control", "");
  sys::create_file(root_ + "/a/cgroup.type", "domain\n");

  EXPECT_TRUE(cgroup::enable(root_ + "/a", "memory"));
  EXPECT_EQ(sys::read_file(root_ + "/a/cgroup.subtree_control"), "+memory");
  EXPECT_FALSE(cgroup::enable(root_ + "/a", "io"));
  sys::replace_file(root_ + "/a/cgroup.procs", "12\n");
  EXPECT_FALSE(cgroup::enable(root_ + "/a", "cpu"));
}

}  // namespace
