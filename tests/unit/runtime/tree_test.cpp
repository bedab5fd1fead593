#include "pkg/runtime/tree.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gtest/gtest.h>

namespace {

class TreeTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = testing::TempDir() + "tree-XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    sys::make_dirs(folder + "/root/run");
    sys::make_dirs(folder + "/root/var");
    sys::make_dirs(folder + "/volume");
    sys::make_link("/run", folder + "/root/var/run");
    sys::make_link("../../..", folder + "/root/up");
    sys::make_link("loop", folder + "/root/loop");
    root = sys::open_dir(folder + "/root");
    volume = sys::open_dir(folder + "/volume");
  }
  void TearDown() override { sys::remove_tree(folder); }

  std::string folder;
  sys::Fd root;
  sys::Fd volume;
};

TEST_F(TreeTest, FollowsLinksInsideTheRoot) {
  const runtime::Tree tree(root);

  EXPECT_EQ(tree.resolve("/var/run/lock"), "/run/lock");
  EXPECT_EQ(tree.resolve("/up/etc/passwd"), "/etc/passwd");
  EXPECT_EQ(tree.resolve("/../../etc"), "/etc");
  EXPECT_EQ(tree.resolve("run//./x/"), "/run/x");
  EXPECT_EQ(tree.resolve("/"), "/");
  EXPECT_THROW(tree.resolve("/loop"), base::SysError);
}

TEST_F(TreeTest, MakesMountPointsInTheMountThatWillBeThere) {
  runtime::Tree tree(root);
  tree.cover("/run", volume.get());
  tree.make_directory(tree.resolve("/var/run/a/b"));
  tree.make_file("/run/c/file");

  EXPECT_TRUE(sys::exists(folder + "/volume/a/b"));
  EXPECT_TRUE(sys::exists(folder + "/volume/c/file"));
  EXPECT_TRUE(sys::list_dir(folder + "/root/run").empty());
}

TEST_F(TreeTest, MakesNothingBelowWhatOnlyTheChildCanMount) {
  runtime::Tree tree(root);
  tree.cover("/proc", -1);

  tree.make_directory("/proc/x");

  EXPECT_FALSE(sys::exists(folder + "/root/proc"));
}

// Class: a container that runs in the same volume puts a link where a directory was.
TEST_F(TreeTest, IsNotLedOutByALinkThatComesLater) {
  sys::make_dirs(folder + "/outside/b");
  sys::make_dirs(folder + "/volume/a/b");
  runtime::Tree tree(root);
  tree.cover("/run", volume.get());
  const std::string path = tree.resolve("/run/a/b/c");

  sys::rename_path(folder + "/volume/a", folder + "/volume/was-a");
  sys::make_link(folder + "/outside", folder + "/volume/a");

  EXPECT_THROW(tree.make_directory(path), base::SysError);
  EXPECT_THROW(tree.make_file(path), base::SysError);
  EXPECT_THROW(tree.make_link("/", path), base::SysError);
  EXPECT_THROW(tree.make_node(path, S_IFIFO | 0666, 0, {}), base::SysError);
  EXPECT_THROW(tree.open("/run/a/b", O_RDONLY | O_DIRECTORY), base::SysError);
  EXPECT_TRUE(sys::list_dir(folder + "/outside/b").empty());
}

}  // namespace
