#include "storage/layer_blobs.hpp"

#include "pkg/sys/file.hpp"
#include "tests/unit/storage/store.hpp"

#include <gtest/gtest.h>

namespace {

using storage::LayerBlob;

LayerBlob blob(char digit, std::vector<std::string> repositories) {
  return {.digest = "sha256:" + std::string(64, digit),
          .size = 7,
          .media_type = "application/vnd.oci.image.layer.v1.tar+gzip",
          .compression = "gzip",
          .level = 5,
          .repositories = std::move(repositories)};
}

TEST(LayerBlobs, AreRememberedBesideTheLayerWithTheirRepositories) {
  const TemporaryHome home;
  const std::string id = home.add_layer('a', "", {}).id;
  EXPECT_TRUE(storage::find_blobs(home.layout(), id).empty());

  storage::remember_blob(home.layout(), id, blob('1', {"quay.io/a"}));
  storage::remember_blob(home.layout(), id, blob('2', {"quay.io/b"}));
  storage::remember_blob(home.layout(), id, blob('1', {"quay.io/c", "quay.io/a"}));

  const auto found = storage::find_blobs(home.layout(), id);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], blob('1', {"quay.io/c", "quay.io/a"}));
  EXPECT_EQ(found[1], blob('2', {"quay.io/b"}));
}

TEST(LayerBlobs, ThatCannotBeReadAreNone) {
  const TemporaryHome home;
  const std::string id = home.add_layer('a', "", {}).id;
  sys::create_file(home.layout().layer(id) + "/blobs.json", "[{");

  EXPECT_TRUE(storage::find_blobs(home.layout(), id).empty());
  storage::remember_blob(home.layout(), id, blob('1', {"quay.io/a"}));
  EXPECT_EQ(storage::find_blobs(home.layout(), id).size(), 1U);
}

TEST(LayerBlobs, DoNotGrowWithoutEnd) {
  const TemporaryHome home;
  const std::string id = home.add_layer('a', "", {}).id;
  for (int i = 0; i < 30; ++i) {
    storage::remember_blob(home.layout(), id, blob('1', {"quay.io/" + std::to_string(i)}));
    storage::remember_blob(home.layout(), id, blob(static_cast<char>('a' + i % 6), {}));
  }

  const auto found = storage::find_blobs(home.layout(), id);
  EXPECT_LE(found.size(), 8U);
  EXPECT_LE(found.front().repositories.size(), 8U);
  EXPECT_EQ(found.front().repositories.back(), "quay.io/29");
}

}  // namespace
