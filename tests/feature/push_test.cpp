// `push`, to a registry that everybody runs and to one that lies, and back again.
#include "pkg/hash/sha256.hpp"
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/registry_docker.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

namespace fs = std::filesystem;

using support::Asked;
using support::ImageFormat;
using support::RegistryImage;
using support::Reply;
using support::Result;
using support::Words;
using testing::HasSubstr;
using testing::Not;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string layer(const std::string& name, const std::string& text) {
  support::TarText tar;
  tar.directory("etc").file("etc/" + name, text);
  return tar.end();
}

class Push : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    fs::create_directory(root() + "/pki");
    authority_.emplace(root() + "/pki");
  }
  void TearDown() override {
    docker_.reset();
    liar_.reset();
    Home::TearDown();
  }

  void trust(const std::string& host) const {
    write("config/containers/certs.d/" + host + "/ca.crt", text_of(authority_->authority()));
  }
  // The registry that everybody runs; "host:port".
  std::string docker(bool with_login = false) {
    docker_.emplace(root() + "/registry", *authority_, with_login);
    trust(docker_->host());
    return docker_->host();
  }
  support::Registry& liar() {
    liar_.emplace(&*authority_);
    trust(liar_->host());
    return *liar_;
  }
  // An image of two layers, pulled from there.
  std::string pulled(const std::string& name, ImageFormat format = ImageFormat::Oci) {
    const RegistryImage image = support::make_registry_image(
        {layer("one", "the first"), layer("two", std::string(200'000, '2'))}, format);
    docker_->push("team/app", "1", image);
    original_ = image.manifest;
    return must({"pull", "-q", name});
  }
  // The digest.
  std::string push(const Words& words) const {
    Words all = {"push", "-q", "--digestfile", root() + "/digest"};
    all.insert(all.end(), words.begin(), words.end());
    must(all);
    return text_of(root() + "/digest");
  }
  base::Json manifest_at(const std::string& name) const {
    const Result result = support::run(
        {"skopeo", "inspect", "--raw", "--tls-verify=false", "docker://" + name}, start());
    EXPECT_EQ(result.status, 0) << result;
    return base::Json::parse(result.out);
  }

  std::optional<support::Authority> authority_;
  std::optional<support::DockerRegistry> docker_;
  std::optional<support::Registry> liar_;
  support::Blob original_;
};

#define NEED(why)                                        \
  if (const std::string reason = why; !reason.empty()) { \
    GTEST_SKIP() << reason;                              \
  }

std::string why_no_skopeo() {
  return support::run({"skopeo", "--version"}).status == 0 ? "" : "skopeo is not installed";
}

TEST_F(Push, EachNameKeepsTheManifestItWasPulledBy) {
  NEED(support::why_no_docker_registry());
  const std::string host = docker();
  const RegistryImage oci = support::make_registry_image({layer("one", "1")});
  const RegistryImage other =
      support::make_registry_image({layer("one", "1")}, ImageFormat::Docker);
  ASSERT_EQ(oci.id(), other.id());
  docker_->push("team/oci", "1", oci);
  docker_->push("team/docker", "1", other);
  must({"pull", "-q", host + "/team/oci:1", host + "/team/docker:1"});

  EXPECT_EQ(push({host + "/team/oci:1", host + "/copy/oci:1"}), oci.manifest.digest);
  EXPECT_EQ(push({host + "/team/docker:1", host + "/copy/docker:1"}), other.manifest.digest);
  EXPECT_EQ(push({host + "/team/oci@" + oci.manifest.digest, host + "/copy/more:1"}),
            oci.manifest.digest);
}

TEST_F(Push, ImageMadeHereComesBackAsItWas) {
  NEED(support::why_no_docker_registry());
  const std::string name = docker() + "/team/made:1";
  const std::string id = must({"image", "inspect", "--format", "{{.Id}}", image()});

  const std::string digest = push({image(), name});
  EXPECT_EQ(push({image(), name}), digest);  // nothing changed, so nothing is new
  must({"rmi", "--force", id});
  EXPECT_EQ(must({"pull", "-q", name + "@" + digest}), id);

  EXPECT_EQ(must({"run", "--rm", "--network", "none", id, "/bin/probe", "print", "hello"}),
            "hello");
}

TEST_F(Push, ManifestAndDigestSurviveWhereTheLayersAre) {
  NEED(support::why_no_docker_registry());
  const std::string host = docker();
  for (const ImageFormat format : {ImageFormat::Oci, ImageFormat::Docker}) {
    pulled(host + "/team/app:1", format);

    EXPECT_EQ(push({host + "/team/app:1", host + "/team/app:2"}), original_.digest);
    EXPECT_EQ(push({host + "/team/app:1", host + "/other/app:1"}), original_.digest);
    must({"rmi", "--force", host + "/team/app:1"});
  }
}

TEST_F(Push, WhatWasPulledIsKnownToTheImage) {
  NEED(support::why_no_docker_registry());
  const std::string host = docker();
  pulled(host + "/team/app:1");
  const std::string digest = push({host + "/team/app:1", host + "/other/app:1"});

  EXPECT_THAT(must({"image", "inspect", "--format", "{{.RepoDigests}}", host + "/team/app:1"}),
              HasSubstr(host + "/other/app@" + digest));
}

TEST_F(Push, SecondPushSendsNothing) {
  support::Registry& server = liar();
  const std::string name = server.host() + "/team/made:1";
  const std::string digest = push({image(), name});
  const auto patches = [&] {
    return server.count([](const Asked& asked) { return asked.method == "PATCH"; });
  };
  EXPECT_EQ(patches(), 1U);

  EXPECT_EQ(push({image(), server.host() + "/team/made:2"}), digest);

  EXPECT_EQ(patches(), 1U);
  ASSERT_TRUE(server.find_manifest("2"));
  EXPECT_EQ(server.find_manifest("2")->digest, digest);
}

TEST_F(Push, CompressionAndFormatAreWhatWasAskedFor) {
  NEED(support::why_no_docker_registry());
  NEED(why_no_skopeo());
  const std::string name = docker() + "/team/made:1";
  const auto layer_type = [&] {
    return manifest_at(name).at("layers").as_array().at(0).at("mediaType").as_string();
  };
  push({image(), name});
  EXPECT_EQ(layer_type(), "application/vnd.oci.image.layer.v1.tar+gzip");
  push({"--compression-format", "zstd", image(), name});
  EXPECT_EQ(layer_type(), "application/vnd.oci.image.layer.v1.tar+zstd");
  push({"--format", "v2s2", "--compression-format", "gzip", image(), name});
  EXPECT_EQ(layer_type(), "application/vnd.docker.image.rootfs.diff.tar.gzip");
  EXPECT_EQ(manifest_at(name).at("config").at("mediaType").as_string(),
            "application/vnd.docker.container.image.v1+json");
  const std::string fast = push({"--compression-format", "gzip", image(), name});
  EXPECT_NE(push({"--compression-level", "9", "--force-compression", image(), name}), fast);

  EXPECT_THAT(pod({"push", "--format", "v2s2", "--compression-format", "zstd", image(), name}).err,
              HasSubstr("such manifests cannot have layers compressed with zstd"));
  EXPECT_THAT(pod({"push", "--compression-level", "99", image(), name}).err,
              HasSubstr("99: not a level of gzip: 1 to 9"));
}

TEST_F(Push, RegistryThatKnowsOnlyTheOtherFormatGetsIt) {
  support::Registry& server = liar();
  server.tell([](const Asked& asked) -> std::optional<Reply> {
    if (!asked.is_manifest() || asked.method != "PUT") return std::nullopt;
    if (asked.field("content-type").find("docker") != std::string::npos) return std::nullopt;
    return support::refusal(415, "MANIFEST_INVALID", "no such thing here");
  });
  const std::string name = server.host() + "/team/made:1";
  push({image(), name});

  EXPECT_EQ(server.find_manifest("1")->media_type,
            "application/vnd.docker.distribution.manifest.v2+json");
  EXPECT_THAT(pod({"push", "--format", "oci", image(), name}).err,
              HasSubstr("415 (no such thing here)"));
}

TEST_F(Push, ConnectionThatBreaksIsTakenUpAgain) {
  support::Registry& server = liar();
  server.tell(support::first(
      2, [](const Asked& asked) { return asked.method == "PATCH"; },
      support::refusal(503, "UNAVAILABLE", "not now")));
  const std::string name = server.host() + "/team/made:1";
  push({"--retry-delay", "10ms", image(), name});

  EXPECT_EQ(must({"pull", "-q", name}), must({"image", "inspect", "--format", "{{.Id}}", image()}));
}

TEST_F(Push, InterruptedItEndsAtOnce) {
  support::Registry& server = liar();
  server.tell([](const Asked& asked) -> std::optional<Reply> {
    if (asked.method != "PATCH") return std::nullopt;
    return Reply{.status = 202,
                 .fields = {},
                 .body = std::string(1000, 'x'),
                 .claimed_length = {},
                 .piece = 1,
                 .pause = std::chrono::milliseconds(20)};
  });
  support::Program program(words({"push", image(), server.host() + "/team/made:1"}), start());
  while (server.count([](const Asked& asked) { return asked.method == "PATCH"; }) == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  program.signal(SIGINT);
  const Result result = program.wait(5);

  EXPECT_EQ(result.status, 130) << result;
  EXPECT_THAT(result.err, HasSubstr("interrupted by SIGINT"));
}

TEST_F(Push, LoginIsNeededAndNeverShown) {
  NEED(support::why_no_docker_registry());
  const std::string name = docker(true) + "/team/made:1";

  EXPECT_THAT(pod({"push", image(), name}).err, HasSubstr("log in with `pod login"));
  const Result wrong = pod({"push", "--creds", "tester:mistake", image(), name});
  EXPECT_THAT(wrong.err, HasSubstr("the credentials of --creds do not let in here"));
  EXPECT_THAT(wrong.err, Not(HasSubstr("mistake")));
  must({"push", "--creds", "tester:a:secret", image(), name});
}

TEST_F(Push, WhatCannotBePushedIsSaidSo) {
  EXPECT_THAT(pod({"push", "nothing"}).err, HasSubstr("nothing: image not known"));
  EXPECT_EQ(pod({"push", "nothing"}).status, 125);
  const std::string id = must({"image", "inspect", "--format", "{{.Id}}", image()});
  EXPECT_THAT(pod({"push", id}).err, HasSubstr("say where to"));
  EXPECT_THAT(pod({"push", image(), "docker-daemon:app:1"}).err, HasSubstr("no daemon is asked"));
}

TEST_F(Push, OthersReadWhatWasPushed) {
  NEED(support::why_no_docker_registry());
  NEED(why_no_skopeo());
  const std::string name = docker() + "/team/made:1";
  const std::string id = must({"image", "inspect", "--format", "{{.Id}}", image()});
  for (const char* format : {"gzip", "zstd"}) {
    push({"--compression-format", format, image(), name});
    const std::string folder = root() + "/copy-" + format;

    // It checks all digests, and that the layers are what the configuration calls them.
    const Result copy =
        support::run({"skopeo", "copy", "--src-tls-verify=false", "--insecure-policy",
                      "docker://" + name, "oci:" + folder + ":1"},
                     start(), "", 60);

    ASSERT_EQ(copy.status, 0) << copy;
    EXPECT_TRUE(fs::exists(folder + "/blobs/sha256/" + id));
  }
}

}  // namespace
