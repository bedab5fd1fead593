#include "pkg/oci/manifest.hpp"
#include "tests/support/registry_docker.hpp"
#include "tests/unit/registry/registry_test.hpp"

#include <vector>

namespace {

using support::DockerRegistry;
using support::ImageFormat;
using testing::HasSubstr;

// The registry that everybody runs.
class DockerRegistryTest : public RegistryTest {
 protected:
  void start(bool with_login) {
    server_.emplace(folder_ + "/registry", *authority_, with_login);
    trust(server_->host());
  }

  std::optional<DockerRegistry> server_;
};

TEST_F(DockerRegistryTest, ImagesOfBothFormatsArePulledByTagAndDigest) {
  if (const auto why = support::why_no_docker_registry(); !why.empty()) GTEST_SKIP() << why;
  start(false);
  for (const ImageFormat format : {ImageFormat::Oci, ImageFormat::Docker}) {
    const auto image = support::make_registry_image({"one", std::string(300'000, 'x')}, format);
    server_->push("team/app", "1", image);
    registry::Client app = client(server_->host() + "/team/app:1");

    const registry::Document manifest = app.manifest("1");
    EXPECT_EQ(manifest.bytes, image.manifest.bytes);
    EXPECT_EQ(manifest.media_type, image.manifest.media_type);
    EXPECT_EQ(app.manifest(image.manifest.digest).bytes, image.manifest.bytes);
    EXPECT_EQ(app.blob(descriptor_of(image.config)), image.config.bytes);
    Collector layers[2];
    const registry::BlobRequest requests[] = {
        {.blob = descriptor_of(image.layers[0]), .sink = &layers[0]},
        {.blob = descriptor_of(image.layers[1]), .sink = &layers[1]}};
    app.fetch(requests, {});
    EXPECT_EQ(layers[0].bytes, image.layers[0].bytes);
    EXPECT_EQ(layers[1].bytes, image.layers[1].bytes);
  }
}

TEST_F(DockerRegistryTest, IndexIsReadAsItWasPushed) {
  if (const auto why = support::why_no_docker_registry(); !why.empty()) GTEST_SKIP() << why;
  start(false);
  for (const ImageFormat format : {ImageFormat::Oci, ImageFormat::Docker}) {
    const std::vector<support::RegistryImage> images = {
        support::make_registry_image({"amd"}, format, "amd64"),
        support::make_registry_image({"arm"}, format, "arm64")};
    for (const auto& image : images)
      server_->push("team/app", "", image);
    const support::Blob index = support::make_index(images, format);
    server_->push_manifest("team/app", "all", index);

    const auto document = client(server_->host() + "/team/app:all").manifest("all");

    EXPECT_EQ(document.bytes, index.bytes);
    EXPECT_EQ(document.media_type, index.media_type);
  }
}

TEST_F(DockerRegistryTest, LoginIsNeededAndFound) {
  if (const auto why = support::why_no_docker_registry(); !why.empty()) GTEST_SKIP() << why;
  start(true);
  const auto image = support::make_registry_image({"one"});
  server_->push("team/app", "1", image);
  const std::string name = server_->host() + "/team/app:1";

  EXPECT_THAT(error_of([&] { client(name).manifest("1"); }), HasSubstr("log in with `pod login"));

  write_auth(server_->host(), DockerRegistry::kUser, DockerRegistry::kPassword);
  EXPECT_EQ(client(name).manifest("1").bytes, image.manifest.bytes);

  registry::Access access = quick();
  access.creds = "tester:wrong";
  const std::string error = error_of([&] { client(name, access).manifest("1"); });
  EXPECT_THAT(error, HasSubstr("the credentials of --creds do not let in here"));
}

TEST_F(DockerRegistryTest, MissingImageIsSaidSo) {
  if (const auto why = support::why_no_docker_registry(); !why.empty()) GTEST_SKIP() << why;
  start(false);

  EXPECT_THAT(error_of([&] { client(server_->host() + "/no/such:1").manifest("1"); }),
              HasSubstr("pull no/such:1: 404 not found"));
}

}  // namespace
