#include "storage/image_store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/time.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/image_use.hpp"
#include "tests/unit/storage/store.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

namespace {

const std::string kAlpine = "docker.io/library/alpine:latest";
const std::string kId(64, '1');

TEST(ImageStore, FindsAnImageByIdAndByName) {
  const TemporaryHome temporary;
  const storage::ImageStore store(temporary.layout());
  const storage::Layer layer = temporary.add_layer('a', "", {{"bin/sh", "x"}});
  temporary.add_image('1', {layer.id}, {kAlpine});

  const auto found = store.find(kId, true);

  ASSERT_TRUE(found);
  EXPECT_EQ(store.find_id(kAlpine), kId);
  EXPECT_EQ(found->names, std::vector<std::string>{kAlpine});
  EXPECT_EQ(found->layers, std::vector<std::string>{layer.id});
  EXPECT_EQ(found->config.cmd, std::vector<std::string>{"sh"});
  EXPECT_EQ(store.list().size(), 1U);
}

TEST(ImageStore, MovesANameToTheImageTaggedLast) {
  const TemporaryHome temporary;
  const storage::ImageStore store(temporary.layout());
  temporary.add_image('1', {}, {kAlpine});
  temporary.add_image('2', {}, {kAlpine});

  EXPECT_EQ(store.find_id(kAlpine), std::string(64, '2'));
  EXPECT_TRUE(store.find(kId, true)->names.empty());
  EXPECT_TRUE(store.untag(kAlpine));
  EXPECT_FALSE(store.untag(kAlpine));
}

TEST(ImageStore, PublishingAgainAddsWhereItCameFrom) {
  const TemporaryHome temporary;
  const storage::ImageStore store(temporary.layout());
  storage::Image image = temporary.add_image('1', {}, {});
  image.repo_digests = {"quay.io/a@sha256:" + kId};

  store.publish(image, TemporaryHome::kConfig, "{}");

  EXPECT_EQ(store.find(kId)->repo_digests, image.repo_digests);
  EXPECT_EQ(store.find(kId)->config.cmd, std::vector<std::string>{"sh"});
  EXPECT_TRUE(sys::list_dir(temporary.layout().staging()).empty());
}

TEST(ImageStore, KeepsEveryManifestThatAnImageCameBy) {
  const TemporaryHome temporary;
  const storage::ImageStore store(temporary.layout());
  storage::Image image = temporary.add_image('1', {}, {});
  const auto come = [&](const std::string& digest, const std::string& bytes) {
    image.manifest_digest = digest;
    image.repo_digests = {"quay.io/a@" + digest};
    store.publish(image, TemporaryHome::kConfig, bytes);
  };

  come("sha256:aa", "first");
  come("sha256:bb", "second");
  image.repo_digests.clear();
  store.publish(image, TemporaryHome::kConfig, "made up");

  EXPECT_EQ(store.manifest_bytes(kId), "second");
  EXPECT_EQ(store.manifest_bytes(kId, "sha256:aa"), "first");
  EXPECT_EQ(store.find(kId)->manifest_digest, "sha256:bb");
  come("sha256:aa", "first");
  EXPECT_EQ(store.manifest_bytes(kId), "first");
  EXPECT_EQ(store.manifest_bytes(kId, "sha256:bb"), "second");
}

TEST(ImageStore, ReplacesAnImageThatACrashDamaged) {
  const TemporaryHome temporary;
  const storage::ImageStore store(temporary.layout());
  const storage::Image image = temporary.add_image('1', {}, {kAlpine});
  temporary.add_image('2', {}, {});
  sys::replace_file(temporary.layout().image(kId) + "/image.json", "");

  EXPECT_THROW(store.find(kId), base::Error);
  EXPECT_EQ(store.list().size(), 1U);
  store.publish(image, TemporaryHome::kConfig, "{}");

  EXPECT_TRUE(store.find(kId));
  EXPECT_EQ(store.list().size(), 2U);
}

TEST(ImageStore, DoesNotPublishAnImageThatLacksALayer) {
  const TemporaryHome temporary;
  storage::Image image;
  image.id = kId;
  image.layers = {std::string(64, 'f')};

  EXPECT_THROW(storage::ImageStore(temporary.layout()).publish(image, "{}", "{}"), base::Error);
  EXPECT_FALSE(storage::ImageStore(temporary.layout()).find(kId));
  EXPECT_TRUE(sys::list_dir(temporary.layout().staging()).empty());
}

TEST(ImageStore, RemovesLayersThatNoOtherImageHas) {
  const TemporaryHome temporary;
  const storage::ImageStore store(temporary.layout());
  const storage::LayerStore layers(temporary.layout());
  const storage::Layer shared = temporary.add_layer('a', "", {});
  const storage::Layer own = temporary.add_layer('b', shared.id, {});
  temporary.add_image('1', {shared.id, own.id}, {kAlpine, "localhost/x:1"});
  temporary.add_image('2', {shared.id}, {});

  store.remove(kId);

  EXPECT_FALSE(store.find(kId));
  EXPECT_FALSE(store.find_id(kAlpine));
  EXPECT_TRUE(layers.find(shared.id));
  EXPECT_FALSE(layers.find(own.id));
}

TEST(ImageStore, RemovesLayersThatNoImageHasAndNobodyHolds) {
  const TemporaryHome temporary;
  const storage::LayerStore layers(temporary.layout());
  const storage::Layer used = temporary.add_layer('a', "", {});
  const storage::Layer held = temporary.add_layer('b', "", {});
  const storage::Layer orphan = temporary.add_layer('c', "", {});
  temporary.add_image('1', {used.id}, {});
  const auto hold = layers.hold(held.id);

  storage::ImageStore(temporary.layout()).remove_orphan_layers();

  EXPECT_TRUE(layers.find(used.id));
  EXPECT_TRUE(layers.find(held.id));
  EXPECT_FALSE(layers.find(orphan.id));
}

TEST(ImageStore, KeepsYoungLayersForAPullThatIsTakenUpAgain) {
  const TemporaryHome temporary;
  const storage::LayerStore layers(temporary.layout());
  const storage::Layer old = temporary.add_layer('a', "", {});
  const storage::Layer young = temporary.add_layer('b', "", {});
  const timespec long_ago[2] = {{.tv_sec = 1'000'000, .tv_nsec = 0},
                                {.tv_sec = 1'000'000, .tv_nsec = 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, layers.folder(old.id).c_str(), long_ago, 0), 0);

  storage::ImageStore(temporary.layout()).remove_orphan_layers(std::chrono::hours(24));

  EXPECT_FALSE(layers.find(old.id));
  EXPECT_TRUE(layers.find(young.id));
}

TEST(ImageStore, HeldStillRemovesAnImageWithItsNames) {
  const TemporaryHome temporary;
  temporary.add_image('1', {}, {kAlpine});

  EXPECT_TRUE(storage::hold_image(temporary.layout(), kId));
  storage::HeldImages(temporary.layout()).remove(kId);

  EXPECT_FALSE(storage::hold_image(temporary.layout(), kId));
  EXPECT_TRUE(sys::list_dir(temporary.layout().refs()).empty());
}

TEST(ImageStore, KnowsWhatWasPulledOrNamedSince) {
  const TemporaryHome temporary;
  const storage::ImageStore store(temporary.layout());
  const auto is_newer = [&](base::Time moment) {
    return storage::HeldImages(temporary.layout()).is_newer(kId, moment);
  };
  const base::Time before = base::now();
  const storage::Image image = temporary.add_image('1', {}, {});
  const base::Time made = base::now();
  EXPECT_TRUE(is_newer(before));
  EXPECT_FALSE(is_newer(made));

  store.publish(image, TemporaryHome::kConfig, "{}");
  EXPECT_TRUE(is_newer(made));
  const base::Time pulled = base::now();
  store.tag(kId, kAlpine);

  EXPECT_TRUE(is_newer(pulled));
}

TEST(ImageStore, AVersionThatWasNeverWrittenIsWritten) {
  const TemporaryHome temporary;
  sys::replace_file(temporary.layout().root() + "/VERSION", "");

  temporary.layout().prepare();

  EXPECT_EQ(sys::read_file(temporary.layout().root() + "/VERSION"), "1\n");
}

TEST(ImageStore, TaggingAnImageThatIsGoneFails) {
  const TemporaryHome temporary;

  EXPECT_THROW(storage::ImageStore(temporary.layout()).tag(kId, kAlpine), base::Error);
}

}  // namespace
