#include "storage/trash.hpp"

#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/lock.hpp"
#include "pkg/userns/enter.hpp"
#include "tests/unit/storage/store.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

// What a killed process leaves: everything it made, and no lock.
template <typename Work>
void die_after(Work work) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    work();
    ::_exit(0);
  }
  ::waitpid(pid, nullptr, 0);
}

TEST(Trash, DiscardsFoldersThatForbidIt) {
  const TemporaryHome temporary;
  const std::string path = temporary.home().data + "/thing";
  sys::make_dirs(path + "/a/b");
  sys::create_file(path + "/a/b/c", "");
  ::chmod((path + "/a").c_str(), 0);

  storage::discard(temporary.home(), path);
  storage::discard(temporary.home(), path);

  EXPECT_FALSE(sys::exists(path));
  EXPECT_TRUE(sys::list_dir(temporary.home().trash()).empty());
}

TEST(Trash, RemovesFilesOfSubordinateIds) {
  const TemporaryHome temporary;
  if (::geteuid() == 0) GTEST_SKIP() << "root may remove everything";
  if (userns::mapping_of(temporary.home()).is_single()) GTEST_SKIP() << "no subordinate ids";
  const std::string path = temporary.home().data + "/thing";
  userns::inside(temporary.home(), [&] {
    sys::make_dirs(path + "/theirs");
    sys::create_file(path + "/theirs/file", "");
    if (::chown((path + "/theirs").c_str(), 33, 33) != 0) ::_exit(1);
  });

  storage::discard(temporary.home(), path);

  EXPECT_FALSE(sys::exists(path));
  EXPECT_TRUE(sys::list_dir(temporary.home().trash()).empty());
}

TEST(Trash, RecoversWhatDeadProcessesLeft) {
  const TemporaryHome temporary;
  const storage::Layout layout = temporary.layout();
  die_after([&] {
    const storage::StagedLayer staged = storage::LayerStore(layout).stage();
    const sys::Lock lock = storage::LayerStore(layout).lock_blob("sha256:abc");
    sys::create_file(staged.root() + "/x", "");
    sys::make_dirs(layout.rootfs("c0ffee") + "/upper");
    sys::make_dirs(layout.trash() + "/old");
    ::_exit(0);
  });

  storage::recover(temporary.home());

  EXPECT_TRUE(sys::list_dir(layout.staging()).empty());
  EXPECT_TRUE(sys::list_dir(layout.rootfs()).empty());
  EXPECT_TRUE(sys::list_dir(layout.root() + "/locks").empty());
  EXPECT_TRUE(sys::list_dir(layout.trash()).empty());
}

TEST(Trash, LeavesAloneWhatLivingProcessesHold) {
  const TemporaryHome temporary;
  const storage::Layout layout = temporary.layout();
  const storage::StagedLayer staged = storage::LayerStore(layout).stage();
  const sys::Lock blob = storage::LayerStore(layout).lock_blob("sha256:abc");
  sys::make_dirs(layout.rootfs("c0ffee"));
  sys::make_dirs(temporary.home().containers() + "/c0ffee");

  storage::recover(temporary.home());

  EXPECT_TRUE(sys::exists(staged.root()));
  EXPECT_TRUE(sys::exists(layout.rootfs("c0ffee")));
  EXPECT_EQ(sys::list_dir(layout.root() + "/locks").size(), 1U);
}

}  // namespace
