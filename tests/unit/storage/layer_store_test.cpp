#include "storage/layer_store.hpp"

#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/trash.hpp"
#include "tests/unit/storage/store.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace {

const std::string kA(64, 'a');

TEST(LayerStore, ShowsALayerOnlyWhenItIsCommitted) {
  const TemporaryHome temporary;
  const storage::LayerStore store(temporary.layout());
  storage::Layer layer;
  layer.id = kA;
  layer.diff_id = "sha256:" + kA;
  layer.size = 42;

  storage::StagedLayer staged = store.stage();
  sys::create_file(staged.root() + "/hello", "world");
  staged.describe(layer);
  EXPECT_FALSE(store.find(kA));
  staged.commit();

  ASSERT_TRUE(store.find(kA));
  EXPECT_EQ(store.find(kA)->size, 42);
  EXPECT_EQ(store.find(kA)->diff_id, layer.diff_id);
  EXPECT_EQ(sys::read_file(store.root(kA) + "/hello"), "world");
}

TEST(LayerStore, MakesTheRootReadableForAllUsersOfAContainer) {
  const TemporaryHome temporary;
  const mode_t mask = ::umask(0077);
  const storage::StagedLayer staged = storage::LayerStore(temporary.layout()).stage();
  ::umask(mask);
  struct stat status {};
  ASSERT_EQ(::stat(staged.root().c_str(), &status), 0);

  EXPECT_EQ(status.st_mode & 0777U, 0755U);
}

TEST(LayerStore, KeepsTheFirstOfTwoCommits) {
  const TemporaryHome temporary;
  const storage::LayerStore store(temporary.layout());
  storage::Layer layer;
  layer.id = kA;

  storage::StagedLayer first = store.stage();
  storage::StagedLayer second = store.stage();
  sys::create_file(first.root() + "/first", "");
  first.describe(layer);
  second.describe(layer);
  first.commit();
  second.commit();

  EXPECT_TRUE(sys::exists(store.root(kA) + "/first"));
  EXPECT_TRUE(sys::list_dir(temporary.layout().staging()).empty());
  EXPECT_TRUE(sys::list_dir(temporary.layout().trash()).empty());
}

TEST(LayerStore, RemovesWhatIsNotCommitted) {
  const TemporaryHome temporary;
  {
    const storage::StagedLayer staged = storage::LayerStore(temporary.layout()).stage();
    sys::create_file(staged.root() + "/x", "");
  }

  EXPECT_TRUE(sys::list_dir(temporary.layout().staging()).empty());
  EXPECT_TRUE(sys::list_dir(temporary.layout().trash()).empty());
}

TEST(LayerStore, DoesNotRemoveALayerThatSomebodyHolds) {
  const TemporaryHome temporary;
  const storage::LayerStore store(temporary.layout());
  temporary.add_layer('a', "", {});
  auto held = store.hold(kA);

  EXPECT_FALSE(store.remove(kA));
  held.reset();
  EXPECT_TRUE(store.remove(kA));
  EXPECT_FALSE(store.find(kA));
  EXPECT_FALSE(store.hold(kA));
}

TEST(LayerStore, HoldsWhatWasJustCommitted) {
  const TemporaryHome temporary;
  const storage::LayerStore store(temporary.layout());
  storage::Layer layer;
  layer.id = kA;
  storage::StagedLayer first = store.stage();
  storage::StagedLayer second = store.stage();
  first.describe(layer);
  second.describe(layer);

  std::optional<sys::Lock> ours = first.commit();
  std::optional<sys::Lock> theirs = second.commit();

  EXPECT_TRUE(store.hold(kA));
  EXPECT_FALSE(store.remove(kA));
  ours.reset();
  EXPECT_FALSE(store.remove(kA));
  theirs.reset();
  EXPECT_TRUE(store.remove(kA));
}

TEST(LayerStore, LocksABlobForOneAndLeavesNoFileBehind) {
  const TemporaryHome temporary;
  const storage::LayerStore store(temporary.layout());
  {
    const storage::NamedLock lock = store.lock_blob("sha256:abc");

    EXPECT_FALSE(store.try_lock_blob("sha256:abc"));
    EXPECT_TRUE(store.try_lock_blob("sha256:def"));
  }

  EXPECT_TRUE(sys::list_dir(temporary.layout().root() + "/locks").empty());
  EXPECT_TRUE(store.try_lock_blob("sha256:abc"));
}

TEST(LayerStore, TakesNoOddIdForALayer) {
  const TemporaryHome temporary;

  EXPECT_FALSE(storage::LayerStore(temporary.layout()).find("../../etc"));
  EXPECT_FALSE(storage::LayerStore(temporary.layout()).find(""));
}

}  // namespace
