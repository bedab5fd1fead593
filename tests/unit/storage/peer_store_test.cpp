#include "storage/peer_store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

namespace {

using storage::PeerImage;
using storage::PeerLayer;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

class PeerStore : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "pod-peer-" + std::to_string(::getpid());
    sys::make_dirs(root_ + "/overlay-images");
    sys::make_dirs(root_ + "/overlay-layers");
  }
  void TearDown() override { sys::remove_tree(root_); }

  storage::PeerStore store(const std::string& images, const std::string& layers) const {
    sys::replace_file(root_ + "/overlay-images/images.json", images);
    sys::replace_file(root_ + "/overlay-layers/layers.json", layers);
    return storage::PeerStore::find(root_).value();
  }

  std::string root_;
};

std::string complaint(const std::vector<PeerLayer>& layers, const PeerImage& image) {
  try {
    storage::chain_of(layers, image);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "";
}

TEST_F(PeerStore, ReadsImagesAndTheirLayers) {
  const auto peer = store(
      R"([{"id":"aa","names":["localhost/a:1"],"layer":"02","big-data-names":["manifest"],"x":1},
          {"id":"bb","names":null}])",
      R"([{"id":"02","parent":"01","diff-digest":"sha256:2","compressed-diff-digest":"sha256:3",
           "compressed-size":7,"compression":4},{"id":"01","diff-size":5}])");

  const auto images = peer.images();
  const auto chain = storage::chain_of(peer.layers(), images.at(0));

  EXPECT_THAT(images, ElementsAre(Field(&PeerImage::id, "aa"), Field(&PeerImage::id, "bb")));
  EXPECT_THAT(images[0].names, ElementsAre("localhost/a:1"));
  EXPECT_THAT(chain, ElementsAre(Field(&PeerLayer::id, "01"), Field(&PeerLayer::id, "02")));
  EXPECT_EQ(chain[0].size, 5);
  EXPECT_EQ(chain[1].blob, "sha256:3");
  EXPECT_EQ(chain[1].compression, "zstd");
  EXPECT_EQ(storage::chain_of(peer.layers(), images.at(1)).size(), 0U);
}

TEST_F(PeerStore, TellsLayersThatCannotBeUsed) {
  const auto peer = store("[]", R"([{"id":"01","flags":{"incomplete":true}},
      {"id":"02","parent":"03"},{"id":"03","parent":"02"},{"id":"04","parent":"05"}])");
  const auto layers = peer.layers();

  EXPECT_THAT(complaint(layers, {.top_layer = "01"}), HasSubstr("01 is incomplete"));
  EXPECT_THAT(complaint(layers, {.top_layer = "02"}), HasSubstr("circle"));
  EXPECT_THAT(complaint(layers, {.top_layer = "04"}), HasSubstr("05 is missing"));
}

TEST_F(PeerStore, FindsTextsByTheNamesThatTheyHaveOnTheDisk) {
  const auto peer = store("[]", "[]");
  sys::make_dirs(root_ + "/overlay-images/aa");
  sys::create_file(root_ + "/overlay-images/aa/manifest", "plain");
  sys::create_file(root_ + "/overlay-images/aa/=c2hhMjU2OmFi", "encoded");

  EXPECT_EQ(peer.find_big({.id = "aa"}, "manifest"), "plain");
  EXPECT_EQ(peer.find_big({.id = "aa"}, "sha256:ab"), "encoded");
  EXPECT_EQ(peer.find_big({.id = "aa"}, "none"), std::nullopt);
  EXPECT_EQ(peer.find_big({.id = "aa"}, ".."), std::nullopt);
}

TEST_F(PeerStore, RefusesIdsThatLeadElsewhere) {
  EXPECT_THROW(store(R"([{"id":"../x"}])", "[]").images(), base::Error);
  EXPECT_THROW(store("[]", R"([{"id":"01","parent":"/etc"}])").layers(), base::Error);
  EXPECT_THROW(store("{", "[]").images(), base::Error);
}

TEST_F(PeerStore, IsNotWhereNobodyKeptImages) {
  EXPECT_EQ(storage::PeerStore::find(root_), std::nullopt);
}

}  // namespace
