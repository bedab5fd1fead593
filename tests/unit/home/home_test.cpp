#include "pkg/home/home.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace {

class HomeTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/pod-home-test-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    for (const char* name : {"POD_ROOT", "POD_RUNROOT", "XDG_DATA_HOME", "XDG_RUNTIME_DIR",
                             "XDG_CONFIG_HOME", "XDG_CACHE_HOME"}) {
      ::unsetenv(name);
    }
    ::setenv("HOME", folder_.c_str(), 1);
    ::setenv("POD_RUNROOT", (folder_ + "/run").c_str(), 1);
  }
  void TearDown() override { sys::remove_tree(folder_); }

  std::string folder_;
};

TEST_F(HomeTest, FollowsTheBaseDirectorySpecification) {
  const home::Home usual = home::Home::open();
  ::setenv("XDG_DATA_HOME", (folder_ + "/data").c_str(), 1);
  ::setenv("XDG_CACHE_HOME", "relative", 1);
  const home::Home chosen = home::Home::open();

  EXPECT_EQ(usual.data, folder_ + "/.local/share/pod");
  EXPECT_EQ(usual.config, folder_ + "/.config");
  EXPECT_EQ(chosen.data, folder_ + "/data/pod");
  EXPECT_EQ(chosen.cache, folder_ + "/.cache/pod");
}

TEST_F(HomeTest, MakesItsFoldersForThisUserOnly) {
  const home::Home home = home::Home::open();
  struct stat status {};
  ASSERT_EQ(::stat(home.data.c_str(), &status), 0);

  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  EXPECT_EQ(home.uid, ::geteuid());
  EXPECT_TRUE(sys::exists(home.names()));
  EXPECT_TRUE(sys::exists(home.running_containers()));
}

TEST_F(HomeTest, TakesRootAndRunrootFirst) {
  ::setenv("POD_ROOT", (folder_ + "/elsewhere").c_str(), 1);

  const home::Home home = home::Home::open();

  EXPECT_EQ(home.data, folder_ + "/elsewhere");
  EXPECT_EQ(home.runtime, folder_ + "/run");
}

TEST_F(HomeTest, NeverUsesTheRuntimeFolderOfSomebodyElse) {
  ::unsetenv("POD_RUNROOT");
  ::setenv("XDG_RUNTIME_DIR", ::geteuid() == 0 ? "/proc/self" : "/usr", 1);

  const home::Home home = home::Home::open();

  EXPECT_FALSE(home.runtime.starts_with("/usr")) << home.runtime;
}

TEST_F(HomeTest, RefusesFoldersInWhichOthersMayWrite) {
  ::setenv("POD_ROOT", (folder_ + "/open").c_str(), 1);
  sys::make_dir(folder_ + "/open");
  ASSERT_EQ(::chmod((folder_ + "/open").c_str(), 0777), 0);

  EXPECT_THROW(home::Home::open(), base::Error);
}

TEST_F(HomeTest, RefusesARelativeRoot) {
  ::setenv("POD_ROOT", "here", 1);

  EXPECT_THROW(home::Home::open(), base::Error);
}

}  // namespace
