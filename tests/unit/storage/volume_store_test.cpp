#include "storage/volume_store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "tests/unit/storage/store.hpp"

#include <gtest/gtest.h>

namespace {

TEST(VolumeStore, KeepsWhatItWasToldAboutAVolume) {
  const TemporaryHome temporary;
  const storage::VolumeStore store(temporary.layout());
  storage::Volume volume;
  volume.name = "db";
  volume.labels = {{"app", "web"}};
  volume.options = {{"type", "tmpfs"}};

  const storage::Volume created = store.create(volume);
  const auto found = store.find("db");

  ASSERT_TRUE(found);
  EXPECT_EQ(found->labels, volume.labels);
  EXPECT_EQ(found->options, volume.options);
  EXPECT_EQ(found->created, created.created);
  EXPECT_TRUE(sys::exists(found->data));
  EXPECT_EQ(store.list().size(), 1U);
}

TEST(VolumeStore, RefusesANameThatIsTakenOrNone) {
  const TemporaryHome temporary;
  const storage::VolumeStore store(temporary.layout());
  const storage::Volume taken = store.ensure("db");

  EXPECT_EQ(store.ensure("db").name, "db");
  EXPECT_THROW(store.create(taken), base::Error);
  EXPECT_THROW(store.ensure("../x"), base::Error);
  EXPECT_THROW(store.ensure(""), base::Error);
}

TEST(VolumeStore, IsFreshUntilItIsUsed) {
  const TemporaryHome temporary;
  const storage::VolumeStore store(temporary.layout());

  EXPECT_TRUE(store.ensure("db").fresh);
  store.mark_used("db");
  EXPECT_FALSE(store.ensure("db").fresh);
}

TEST(VolumeStore, RemovesAVolumeWithItsContent) {
  const TemporaryHome temporary;
  const storage::VolumeStore store(temporary.layout());
  sys::create_file(store.ensure("db").data + "/file", "x");

  store.remove("db");
  store.remove("db");

  EXPECT_FALSE(store.find("db"));
  EXPECT_TRUE(sys::list_dir(temporary.layout().trash()).empty());
}

TEST(VolumeStore, FindsAVolumeWhoseRecordNeverReachedTheDisk) {
  const TemporaryHome temporary;
  const storage::VolumeStore store(temporary.layout());
  const storage::Volume made = store.ensure("precious");
  sys::replace_file(temporary.layout().volume("precious") + "/volume.json", "");

  const auto found = store.find("precious");

  ASSERT_TRUE(found);
  EXPECT_EQ(found->data, made.data);
  EXPECT_FALSE(found->fresh);  // what is in it stays
}

}  // namespace
