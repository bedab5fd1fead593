#include "pkg/sys/dir.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include <sys/stat.h>

namespace {

class Dir : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(path_), nullptr);
    sys::make_dir(path("root"));
    sys::make_dir(path("outside"));
  }
  void TearDown() override { sys::remove_tree(path_); }

  std::string path(const std::string& name) const { return std::string(path_) + "/" + name; }
  sys::Fd root() const { return sys::open_dir(path("root")); }

 private:
  char path_[32] = "/tmp/pod-dir-test-XXXXXX";
};

TEST_F(Dir, MakesWhatIsMissingBelowARoot) {
  sys::make_dirs_in(root(), "a/b//c/");
  sys::make_dirs_in(root(), "a/./b/d");
  sys::make_dirs_in(root(), "/e");

  for (const char* made : {"root/a/b/c", "root/a/b/d", "root/e"})
    EXPECT_TRUE(sys::exists(path(made))) << made;
}

TEST_F(Dir, HasItsModeWhateverTheUmaskIs) {
  const mode_t former = ::umask(077);
  sys::make_dirs_in(root(), "open/wide", 0777);
  ::umask(former);

  struct stat status = {};
  ASSERT_EQ(::stat(path("root/open/wide").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0777U);
}

TEST_F(Dir, LeavesWhatIsThere) {
  sys::create_file(path("root/file"), "text");

  sys::make_dirs_in(root(), "file");

  EXPECT_EQ(sys::read_file(path("root/file")), "text");
  EXPECT_THROW(sys::make_dirs_in(root(), "file/below"), base::Error);
}

TEST_F(Dir, IsNotLedOutOfTheRoot) {
  sys::make_link(path("outside"), path("root/absolute"));
  sys::make_link("../outside", path("root/relative"));

  EXPECT_THROW(sys::make_dirs_in(root(), "absolute/x"), base::Error);
  EXPECT_THROW(sys::make_dirs_in(root(), "relative/x"), base::Error);
  sys::make_dirs_in(root(), "../../y");

  EXPECT_TRUE(sys::list_dir(path("outside")).empty());
  EXPECT_TRUE(sys::exists(path("root/y")));
}

}  // namespace
