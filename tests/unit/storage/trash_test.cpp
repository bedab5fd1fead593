#include "storage/trash.hpp"

#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/lock.hpp"
#include "pkg/userns/enter.hpp"
#include "storage/rootfs.hpp"
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
    const storage::NamedLock lock = storage::LayerStore(layout).lock_blob("sha256:abc");
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
  const storage::NamedLock blob = storage::LayerStore(layout).lock_blob("sha256:abc");
  sys::make_dirs(layout.rootfs("c0ffee"));
  sys::make_dirs(temporary.home().containers() + "/c0ffee");

  storage::recover(temporary.home());

  EXPECT_TRUE(sys::exists(staged.root()));
  EXPECT_TRUE(sys::exists(layout.rootfs("c0ffee")));
  EXPECT_EQ(sys::list_dir(layout.root() + "/locks").size(), 1U);
}

// Each makes and removes, and removes what it takes for the remains of others.
int make_and_remove(const home::Home& home, int number) {
  testing::internal::CaptureStderr();
  for (int i = 0; i < 30; ++i) {
    const std::string id = "c" + std::to_string(number) + "n" + std::to_string(i);
    auto rootfs = storage::Rootfs::create(home, id);
    sys::make_dirs(storage::Layout(home).rootfs(id) + "/upper/a/b/c");
    rootfs.keep();
    if (i % 3 != 0) storage::remove_rootfs(home, id);
    storage::recover(home);
  }
  return testing::internal::GetCapturedStderr().empty() ? 0 : 1;
}

TEST(Trash, IsEmptiedByManyAtOnceWithoutAWord) {
  const TemporaryHome temporary;
  std::vector<pid_t> children;
  for (int number = 0; number < 8; ++number) {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(make_and_remove(temporary.home(), number));
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = -1;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }
  storage::recover(temporary.home());

  EXPECT_TRUE(sys::list_dir(temporary.layout().rootfs()).empty());
  EXPECT_TRUE(sys::list_dir(temporary.home().trash()).empty());
}

}  // namespace
