#include "pkg/oci/image_config.hpp"

#include "pkg/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

const std::string kDiffId = "sha256:" + std::string(64, '7');
const std::string kRootfs = R"("rootfs":{"type":"layers","diff_ids":[")" + kDiffId + R"("]})";

TEST(ImageConfig, ReadsWhatDockerWrites) {
  const auto image = oci::ImageConfig::parse(
      R"({"architecture":"arm64","os":"linux","created":"2024-01-02T03:04:05.6Z","config":{
      "User":"www","ExposedPorts":{"80/tcp":{}},"Env":["A=b"],"Entrypoint":["/x"],"Cmd":["y"],
      "Volumes":{"/data":{}},"WorkingDir":"/w","Labels":{"k":"v"},"StopSignal":"SIGQUIT",
      "Healthcheck":{"Test":["CMD","true"]}},"history":[{"created_by":"RUN x","empty_layer":true}],)" +
      kRootfs + "}");

  EXPECT_EQ(image.platform.text(), "linux/arm64");
  EXPECT_EQ(image.user, "www");
  EXPECT_THAT(image.exposed_ports, testing::ElementsAre("80/tcp"));
  EXPECT_THAT(image.entrypoint, testing::ElementsAre("/x"));
  EXPECT_THAT(image.volumes, testing::ElementsAre("/data"));
  EXPECT_EQ(image.labels.at("k"), "v");
  EXPECT_EQ(image.stop_signal, "SIGQUIT");
  EXPECT_TRUE(image.history.at(0).empty_layer);
  EXPECT_EQ(image.diff_ids.at(0).text(), kDiffId);
  EXPECT_NE(image.created, 0);
}

TEST(ImageConfig, TakesNullsForNothing) {
  const auto image = oci::ImageConfig::parse(
      R"({"created":null,"config":{"Env":null,"Cmd":null,"Labels":null,"Entrypoint":"/one"},)" +
      kRootfs + "}");

  EXPECT_TRUE(image.env.empty());
  EXPECT_THAT(image.entrypoint, testing::ElementsAre("/one"));
}

TEST(ImageConfig, ReadsBackWhatItPrints) {
  oci::ImageConfig image;
  image.platform = oci::Platform::parse("linux/arm/v7");
  image.created = 1'700'000'000'000'000'000;
  image.env = {"A=b"};
  image.cmd = {"sh", "-c", "true"};
  image.labels = {{"a", "b"}};
  image.diff_ids = {oci::Digest::parse(kDiffId)};
  image.history = {
      {.created = 5, .created_by = "import", .comment = "c", .author = "", .empty_layer = false}};

  const auto again = oci::ImageConfig::parse(image.json().dump());

  EXPECT_EQ(again.json(), image.json());
  EXPECT_EQ(again.platform, image.platform);
}

TEST(ImageConfig, NamesTheMemberThatIsWrong) {
  for (const char* text : {R"({"config":{}})", R"({"rootfs":{"diff_ids":["x"]}})",
                           R"({"rootfs":{"diff_ids":[]},"config":{"Env":7}})", "[]", ""}) {
    EXPECT_THROW(oci::ImageConfig::parse(text), base::Error) << text;
  }
}

}  // namespace
