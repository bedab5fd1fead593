#include "pkg/runtime/users.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace {

class Users : public testing::Test {
 protected:
  void SetUp() override {
    folder = testing::TempDir() + "users-XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    sys::make_dirs(folder + "/etc");
    sys::create_file(
        folder + "/etc/passwd",
        "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1001:A:/home/ann:/bin/sh\nbroken\n");
    sys::create_file(folder + "/etc/group", "root:x:0:\nstaff:x:50:bob,ann\nwheel:x:10:root\n");
  }
  void TearDown() override { sys::remove_tree(folder); }

  runtime::Identity resolve(const std::string& name) {
    user.name = name;
    return runtime::resolve_user(sys::open_dir(folder), user);
  }

  std::string folder;
  oci::User user;
};

TEST_F(Users, AreFoundByNameWithTheirGroups) {
  const runtime::Identity ann = resolve("ann");

  EXPECT_EQ(ann.uid, 1000U);
  EXPECT_EQ(ann.gid, 1001U);
  EXPECT_EQ(ann.groups, (std::vector<gid_t>{ann.gid, 50}));
  EXPECT_EQ(ann.home, "/home/ann");
}

TEST_F(Users, HaveOnlyTheGroupThatIsGiven) {
  const runtime::Identity ann = resolve("ann:wheel");

  EXPECT_EQ(ann.gid, 10U);
  EXPECT_EQ(ann.groups, std::vector<gid_t>{ann.gid});
}

TEST_F(Users, MayBeNumbersWithoutAnEntry) {
  const runtime::Identity stranger = resolve("4000:5000");
  EXPECT_EQ(stranger.uid, 4000U);
  EXPECT_EQ(stranger.gid, 5000U);
  EXPECT_EQ(stranger.home, "/");

  EXPECT_EQ(resolve("4000").gid, 0U);
  EXPECT_EQ(resolve("1000").gid, 1001U);
}

TEST_F(Users, GetTheGroupsAddedByNameAndNumber) {
  user.additional_groups = {"staff", "77"};

  EXPECT_EQ(resolve("root").groups, (std::vector<gid_t>{0, 10, 50, 77}));
}

TEST_F(Users, ThatAreUnknownAreNamed) {
  EXPECT_THROW(resolve("zoe"), base::Error);
  EXPECT_THROW(resolve("ann:nobodies"), base::Error);
  EXPECT_THROW(resolve("-1"), base::Error);
}

// Class: a pipe instead of a file makes the reader wait for ever.
TEST_F(Users, DoNotWaitForAPipe) {
  sys::remove_file(folder + "/etc/passwd");
  ASSERT_EQ(::mkfifo((folder + "/etc/passwd").c_str(), 0644), 0);

  EXPECT_EQ(resolve("0").uid, 0U);
}

}  // namespace
