#include "pkg/transfer/push_plan.hpp"

#include "pkg/base/error.hpp"
#include "pkg/oci/media_types.hpp"

#include <gtest/gtest.h>

namespace {

using transfer::ManifestFormat;

oci::Descriptor descriptor(char digit, const std::string& media_type) {
  return {.media_type = media_type,
          .digest = oci::Digest::sha256(std::string(64, digit)),
          .size = 7,
          .urls = {},
          .annotations = {},
          .platform = {}};
}

const std::string kGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
const std::string kZstd = "application/vnd.oci.image.layer.v1.tar+zstd";

// Of an image that came with one layer.
transfer::PushPlan plan() {
  transfer::PushPlan made{.image_id = "",
                          .config = descriptor('c', std::string(oci::kOciConfig)),
                          .config_bytes = "{}",
                          .manifest_bytes = "as it came",
                          .manifest_type = std::string(oci::kOciManifest),
                          .annotations = {{"a", "b"}},
                          .layers = {}};
  made.layers.push_back(
      {.layer = {}, .original = descriptor('1', kGzip), .known = {}, .squeeze = {}});
  return made;
}

TEST(PushPlan, KeepsTheBytesWhereTheLayersAreThoseItCameWith) {
  const auto made =
      transfer::make_manifest(plan(), {descriptor('1', kGzip)}, ManifestFormat::AsItIs);

  EXPECT_EQ(made.bytes, "as it came");
}

TEST(PushPlan, OtherLayersMakeAnotherManifestWithTheSameAnnotations) {
  const auto made =
      transfer::make_manifest(plan(), {descriptor('2', kZstd)}, ManifestFormat::AsItIs);

  const base::Json json = base::Json::parse(made.bytes);
  EXPECT_EQ(json.at("layers").as_array().at(0).at("mediaType").as_string(), kZstd);
  EXPECT_EQ(json.at("annotations").at("a").as_string(), "b");
  EXPECT_EQ(made.media_type, oci::kOciManifest);
}

TEST(PushPlan, DockersFormatIsTranslatedAndKnowsNoZstd) {
  const auto made =
      transfer::make_manifest(plan(), {descriptor('1', kGzip)}, ManifestFormat::Docker);

  const base::Json json = base::Json::parse(made.bytes);
  EXPECT_EQ(json.at("layers").as_array().at(0).at("mediaType").as_string(),
            "application/vnd.docker.image.rootfs.diff.tar.gzip");
  EXPECT_EQ(json.at("config").at("mediaType").as_string(), oci::kDockerConfig);
  EXPECT_EQ(json.find("annotations"), nullptr);
  EXPECT_THROW(transfer::make_manifest(plan(), {descriptor('2', kZstd)}, ManifestFormat::Docker),
               base::Error);
}

}  // namespace
