// `pull`, from a registry that says the truth.
#include "tests/feature/pull.hpp"

#include "tests/support/image.hpp"
#include "tests/support/registry_docker.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace {

namespace fs = std::filesystem;

using support::Asked;
using support::first;
using support::ImageFormat;
using support::RegistryImage;
using support::Result;
using testing::HasSubstr;
using testing::Not;

TEST_F(Pull, ByTagPrintsTheImageAndKeepsItsFiles) {
  const Result result = pull({name()});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.out, image_.id() + "\n");
  EXPECT_THAT(stored("refs"), testing::SizeIs(1));
  expect_complete();
}

TEST_F(Pull, QuietSaysNothingButTheImage) {
  const Result result = pull({"--quiet", name()});

  EXPECT_EQ(result.out, image_.id() + "\n");
  EXPECT_EQ(result.err, "");
}

TEST_F(Pull, ByDigestTakesNoTag) {
  const Result result = pull({server_->host() + "/team/app@" + image_.manifest.digest});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.line(), image_.id());
  EXPECT_EQ(server_->count([](const Asked& asked) { return asked.target.ends_with("/1"); }), 0U);
  expect_complete();
}

TEST_F(Pull, SecondPullBringsNoLayerAgain) {
  EXPECT_EQ(pull({name()}).status, 0);

  EXPECT_EQ(pull({name()}).status, 0);

  for (const support::Blob& one : image_.layers)
    EXPECT_EQ(server_->count(is_for(one)), 1U);
}

TEST_F(Pull, IndexGivesThisMachinesImage) {
  for (const ImageFormat format : {ImageFormat::Oci, ImageFormat::Docker}) {
    const RegistryImage ours = support::make_registry_image({layer("a", "ours")}, format);
    const RegistryImage strange =
        support::make_registry_image({layer("a", "strange")}, format, "s390x");
    server_->add(ours);
    server_->add(strange);
    server_->add_manifest(support::make_index({strange, ours}, format, true), "all");
    const std::string all = server_->host() + "/team/app:all";

    EXPECT_EQ(pull({all}).line(), ours.id());
    EXPECT_EQ(pull({"--platform", "linux/s390x", all}).line(), strange.id());

    const Result missing = pull({"--platform", "linux/riscv64", all});
    EXPECT_EQ(missing.status, 125);
    EXPECT_THAT(missing.err, HasSubstr("linux/s390x"));
  }
}

TEST_F(Pull, DockerRegistryWithLoginAndPrivateAuthority) {
  SKIP_FOR(support::why_no_docker_registry());
  fs::create_directory(root() + "/registry");
  support::DockerRegistry registry(root() + "/registry", *authority_, true);
  trust(registry.host());
  write_auth(registry.host(), "tester:a:secret");
  for (const ImageFormat format : {ImageFormat::Oci, ImageFormat::Docker}) {
    const std::string kind = format == ImageFormat::Oci ? "oci" : "docker";
    const RegistryImage image = support::make_registry_image({layer("kind", kind)}, format);
    const RegistryImage other =
        support::make_registry_image({layer("kind", kind)}, format, "s390x");
    registry.push("team/" + kind, "1", image);
    registry.push("team/" + kind, "", other);
    registry.push_manifest("team/" + kind, "all", support::make_index({other, image}, format));
    const std::string repository = registry.host() + "/team/" + kind;

    EXPECT_EQ(pull({repository + ":1"}).line(), image.id());
    EXPECT_EQ(pull({repository + "@" + image.manifest.digest}).line(), image.id());
    EXPECT_EQ(pull({repository + ":all"}).line(), image.id());
    EXPECT_EQ(pull({"-q", "-a", repository}).line(), image.id() + "\n" + image.id());
    EXPECT_TRUE(has_file("etc/kind", kind));
  }

  write_auth(registry.host(), "tester:wrong");
  const Result refused = pull({registry.host() + "/team/oci:1"});
  EXPECT_EQ(refused.status, 125);
  EXPECT_THAT(refused.err, HasSubstr("401 unauthorized"));
  EXPECT_THAT(refused.err, Not(HasSubstr("wrong")));
}

TEST_F(Pull, MissingImageIsNamed) {
  EXPECT_THAT(pull({server_->host() + "/team/app:none"}).err, HasSubstr("team/app:none: 404"));
  EXPECT_EQ(pull({"Not A Name"}).status, 125);
  EXPECT_EQ(pull({"--policy", "never", name()}).status, 125);
}

TEST_F(Pull, TwoAtOnceDownloadOnce) {
  server_->tell(first(99, is_for(image_.layers[1]), slowly()));

  support::Program one(pull_words({name()}), start());
  support::Program two(pull_words({name()}), start());

  EXPECT_EQ(one.wait().line(), image_.id());
  EXPECT_EQ(two.wait().line(), image_.id());
  for (const support::Blob& blob : image_.layers)
    EXPECT_EQ(server_->count(is_for(blob)), 1U);
  expect_complete();
}

TEST_F(Pull, ImageRuns) {
  const RegistryImage probe = support::make_registry_image({support::make_image_tar()});
  server_->add(probe, "probe");
  const std::string image = server_->host() + "/team/app:probe";

  EXPECT_EQ(must({"pull", "-q", image}), probe.id());
  EXPECT_EQ(must({"run", "--rm", "--network", "none", image, "probe", "print", "one"}), "one");
}

TEST_F(Pull, RunPullsWhatIsMissing) {
  const RegistryImage probe = support::make_registry_image({support::make_image_tar()});
  server_->add(probe, "probe");

  const Result result = pod({"run", "--rm", "--network", "none",
                             server_->host() + "/team/app:probe", "probe", "print", "one"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.out, "one\n");
}

}  // namespace
