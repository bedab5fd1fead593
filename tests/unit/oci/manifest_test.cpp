#include "pkg/oci/manifest.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

std::string digest(char digit) {
  return "sha256:" + std::string(64, digit);
}

const std::string kConfig = fmt::format(
    R"({{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{}","size":2}})",
    digest('c'));
const std::string kLayer = fmt::format(
    R"({{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"{}","size":9}})",
    digest('1'));

std::string entry(char digit, const std::string& platform, const std::string& more = "") {
  return fmt::format(R"({{"mediaType":"m","digest":"{}","size":1,"platform":{}{}}})", digest(digit),
                     platform, more);
}

std::string refusal(const std::string& bytes, const std::string& media_type = "") {
  try {
    oci::parse_manifest(bytes, media_type);
    return "accepted";
  } catch (const base::Error& error) {
    return error.what();
  }
}

oci::Index index_of(const std::string& entries) {
  return std::get<oci::Index>(oci::parse_manifest(R"({"manifests":[)" + entries + "]}", ""));
}

TEST(Manifest, ListsConfigurationAndLayers) {
  const auto parsed = oci::parse_manifest(
      R"({"schemaVersion":2,"config":)" + kConfig + R"(,"layers":[)" + kLayer + "]}", "text/plain");

  const auto& manifest = std::get<oci::Manifest>(parsed);
  EXPECT_EQ(manifest.config.digest.text(), digest('c'));
  ASSERT_EQ(manifest.layers.size(), 1U);
  EXPECT_EQ(manifest.layers[0].size, 9);
  EXPECT_EQ(manifest.media_type, "application/vnd.oci.image.manifest.v1+json");
}

TEST(Manifest, IsKnownByItsMediaTypeToo) {
  const std::string bytes = R"({"schemaVersion":2,"config":)" + kConfig + R"(,"layers":[]})";

  EXPECT_EQ(refusal(bytes, "application/vnd.oci.image.manifest.v1+json"), "accepted");
  EXPECT_EQ(refusal(bytes, "application/vnd.docker.distribution.manifest.v2+json"), "accepted");
  EXPECT_THAT(refusal(bytes, "application/vnd.docker.distribution.manifest.v1+prettyjws"),
              testing::HasSubstr("schema 1"));
}

TEST(Manifest, RefusesADocumentThatCouldBeReadAsBoth) {
  EXPECT_THAT(refusal(R"({"config":)" + kConfig + R"(,"layers":[],"manifests":[]})"),
              testing::HasSubstr("both"));
}

TEST(Manifest, RefusesWhatIsNotAnImage) {
  EXPECT_THAT(refusal(R"({"schemaVersion":1,"fsLayers":[]})"), testing::HasSubstr("schema 1"));
  EXPECT_THAT(refusal("{}"), testing::HasSubstr("neither"));
  EXPECT_THAT(refusal("[]"), testing::HasSubstr("not an object"));
  EXPECT_THAT(
      refusal(fmt::format(R"({{"config":{{"mediaType":"application/vnd.cncf.helm.config.v1+json",)"
                          R"("digest":"{}","size":2}},"layers":[]}})",
                          digest('c'))),
      testing::HasSubstr("helm"));
}

TEST(Manifest, NamesTheLayerThatIsWrong) {
  EXPECT_THAT(refusal(R"({"config":)" + kConfig + R"(,"layers":[)" + kLayer +
                      R"(,{"digest":"sha256:../../x","size":1}]})"),
              testing::HasSubstr("layers[1]"));
  EXPECT_THAT(refusal(R"({"config":)" + kConfig + R"(,"layers":[{"digest":")" + digest('1') +
                      R"(","size":-1}]})"),
              testing::HasSubstr("size"));
}

TEST(Index, ChoosesTheWantedPlatform) {
  const oci::Index index = index_of(entry('1', R"({"os":"linux","architecture":"amd64"})") + "," +
                                    entry('2', R"({"os":"linux","architecture":"arm64"})"));

  EXPECT_EQ(index.choose(oci::Platform::parse("arm64")).digest.text(), digest('2'));
}

TEST(Index, NeverChoosesAnAttestation) {
  const oci::Index index =
      index_of(entry('1', R"({"os":"unknown","architecture":"unknown"})") + "," +
               entry('2', R"({"os":"linux","architecture":"amd64"})",
                     R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest"})") +
               "," + entry('3', "null"));

  EXPECT_EQ(index.choose(oci::Platform::parse("amd64")).digest.text(), digest('3'));
}

TEST(Index, SaysWhatThereIsWhenNothingFits) {
  const oci::Index index = index_of(entry('1', R"({"os":"linux","architecture":"s390x"})"));

  try {
    index.choose(oci::Platform::parse("amd64"));
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_STREQ(error.what(), "no image for linux/amd64: there is linux/s390x");
  }
}

TEST(Index, PrefersZstdAmongEquals) {
  const oci::Index index =
      index_of(entry('1', R"({"os":"linux","architecture":"amd64"})") + "," +
               entry('2', R"({"os":"linux","architecture":"amd64"})",
                     R"(,"annotations":{"io.github.containers.compression.zstd":"true"})"));

  EXPECT_EQ(index.choose(oci::Platform::parse("amd64")).digest.text(), digest('2'));
}

}  // namespace
