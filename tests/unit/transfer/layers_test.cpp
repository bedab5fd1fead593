#include "pkg/transfer/layers.hpp"

#include "pkg/base/error.hpp"
#include "pkg/hash/sha256.hpp"

#include <gtest/gtest.h>

namespace {

oci::Digest digest(char digit) {
  return oci::Digest::sha256(std::string(64, digit));
}

oci::Descriptor blob(char digit) {
  return {.media_type = "application/vnd.oci.image.layer.v1.tar+gzip", .digest = digest(digit)};
}

oci::Manifest manifest_of(const std::string& digits) {
  oci::Manifest manifest{.media_type = "", .config = blob('c'), .layers = {}, .annotations = {}};
  for (const char digit : digits)
    manifest.layers.push_back(blob(digit));
  return manifest;
}

oci::ImageConfig config_of(const std::string& digits) {
  oci::ImageConfig config;
  for (const char digit : digits)
    config.diff_ids.push_back(digest(digit));
  return config;
}

TEST(Layers, AreNamedByThemselvesAndAllBelow) {
  const auto layers = transfer::plan_layers(manifest_of("12"), config_of("ab"));

  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(layers[0].id, std::string(64, 'a'));
  EXPECT_EQ(layers[0].parent, "");
  EXPECT_EQ(layers[1].parent, layers[0].id);
  EXPECT_EQ(layers[1].id,
            hash::sha256("sha256:" + std::string(64, 'a') + " sha256:" + std::string(64, 'b')));
}

TEST(Layers, OfOneContentHaveDifferentNamesInDifferentPlaces) {
  const auto layers = transfer::plan_layers(manifest_of("11"), config_of("aa"));

  EXPECT_NE(layers[0].id, layers[1].id);
}

TEST(Layers, AreCountedTheSameByManifestAndConfiguration) {
  EXPECT_THROW(transfer::plan_layers(manifest_of("12"), config_of("a")), base::Error);
  EXPECT_THROW(transfer::plan_layers(manifest_of("1"), config_of("")), base::Error);
}

}  // namespace
