#include "pkg/transfer/tree_copy.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

class TreeCopy : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "tree_copy_XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    fs::create_directories(path("from/sub"));
    fs::create_directory(path("to"));
    sys::create_file(path("from/file"), "text", 0640);
    sys::create_file(path("from/sub/two"), "two");
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  void copy(const transfer::CopyOptions& options = {}) const {
    transfer::copy_into(sys::open_dir(path("from")), sys::open_dir(path("to")), options);
  }

  struct stat status(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(::lstat(path(name).c_str(), &status), 0) << name;
    return status;
  }

 private:
  std::string folder_;
};

TEST_F(TreeCopy, KeepsModesAndTimes) {
  const std::array<timespec, 2> times = {{{1000, 5}, {2000, 7}}};
  ::utimensat(AT_FDCWD, path("from/file").c_str(), times.data(), 0);
  ::utimensat(AT_FDCWD, path("from/sub").c_str(), times.data(), 0);

  copy();

  EXPECT_EQ(status("to/file").st_mode & 07777U, 0640U);
  EXPECT_EQ(status("to/file").st_mtim.tv_sec, 2000);
  EXPECT_EQ(status("to/file").st_mtim.tv_nsec, 7);
  EXPECT_EQ(status("to/sub").st_mtim.tv_sec, 2000);
  EXPECT_EQ(sys::read_file(path("to/sub/two")), "two");
}

TEST_F(TreeCopy, KeepsLinksPipesAndHoles) {
  fs::create_symlink("/nowhere", path("from/link"));
  fs::create_hard_link(path("from/file"), path("from/sub/same"));
  ::mkfifo(path("from/pipe").c_str(), 0640);
  ::truncate(path("from/sub/two").c_str(), 1 << 20);

  copy();

  EXPECT_EQ(fs::read_symlink(path("to/link")), "/nowhere");
  EXPECT_EQ(status("to/file").st_ino, status("to/sub/same").st_ino);
  EXPECT_EQ(status("to/pipe").st_mode, S_IFIFO | 0640U);
  EXPECT_EQ(status("to/sub/two").st_size, 1 << 20);
  EXPECT_LT(status("to/sub/two").st_blocks * 512, 1 << 19);
}

TEST_F(TreeCopy, ReplacesFilesAndMergesDirectories) {
  fs::create_directory(path("to/sub"));
  sys::create_file(path("to/sub/kept"), "kept");
  sys::create_file(path("to/file"), "former");

  copy();

  EXPECT_EQ(sys::read_file(path("to/file")), "text");
  EXPECT_EQ(sys::read_file(path("to/sub/kept")), "kept");
  EXPECT_EQ(sys::read_file(path("to/sub/two")), "two");
}

TEST_F(TreeCopy, DoesNotFollowWhatIsThere) {
  sys::create_file(path("outside"), "outside");
  fs::create_symlink(path("outside"), path("to/file"));

  copy();

  EXPECT_EQ(sys::read_file(path("outside")), "outside");
  EXPECT_EQ(sys::read_file(path("to/file")), "text");
}

TEST_F(TreeCopy, ReplacesDirectoriesByFilesOnlyWhenAsked) {
  fs::create_directories(path("to/file/deep"));
  fs::create_symlink(path("from"), path("to/sub"));

  EXPECT_THROW(copy(), base::Error);
  EXPECT_TRUE(fs::exists(path("to/file/deep")));
  copy({.owner = {}, .overwrite = true});

  EXPECT_EQ(sys::read_file(path("to/file")), "text");
  EXPECT_TRUE(S_ISDIR(status("to/sub").st_mode));
}

TEST_F(TreeCopy, RefusesToCopyADirectoryIntoItself) {
  EXPECT_THROW(
      transfer::copy_to(sys::open_dir(path("from")), {sys::open_dir(path("from/sub")), "from"}, {}),
      base::Error);
}

}  // namespace
