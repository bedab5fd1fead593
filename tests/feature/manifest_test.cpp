// `manifest`: lists of images for several platforms.
#include "tests/support/home.hpp"
#include "tests/support/registry_docker.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

namespace fs = std::filesystem;

using support::Result;
using support::Words;
using testing::HasSubstr;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class Manifest : public support::Home {
 protected:
  void TearDown() override {
    docker_.reset();
    Home::TearDown();
  }

  // The registry that everybody runs; "host:port".
  std::string docker() {
    fs::create_directory(root() + "/pki");
    authority_.emplace(root() + "/pki");
    docker_.emplace(root() + "/registry", *authority_);
    write("config/containers/certs.d/" + docker_->host() + "/ca.crt",
          text_of(authority_->authority()));
    return docker_->host();
  }
  // A small image of our own making; its id.
  std::string made(const std::string& architecture) const {
    support::TarText tar;
    tar.directory("etc").file("etc/arch", architecture);
    write("root.tar", tar.end());
    return must({"import", "--arch", architecture, root() + "/root.tar", "app-" + architecture});
  }
  base::Json list(const std::string& name) const {
    return base::Json::parse(must({"manifest", "inspect", name}));
  }
  std::vector<std::string> digests(const std::string& name) const {
    std::vector<std::string> all;
    const base::Json found = list(name);
    for (const base::Json& one : found.at("manifests").as_array())
      all.push_back(one.at("digest").as_string());
    return all;
  }

  std::optional<support::Authority> authority_;
  std::optional<support::DockerRegistry> docker_;
};

TEST_F(Manifest, ListIsMadeChangedAndRemoved) {
  made("amd64");
  made("arm64");
  EXPECT_EQ(pod({"manifest", "exists", "app"}).status, 1);
  const std::string id = must({"manifest", "create", "app", "app-amd64"});
  EXPECT_EQ(must({"manifest", "add", "--variant", "v8", "app", "app-arm64"}), id);
  EXPECT_EQ(must({"manifest", "annotate", "--annotation", "a=b", "app", "app-arm64"}), id);
  EXPECT_EQ(must({"manifest", "annotate", "--index", "--annotation", "c=d", "app"}), id);
  EXPECT_EQ(pod({"manifest", "exists", "app"}).status, 0);

  const base::Json found = list("localhost/app:latest");
  ASSERT_EQ(found.at("manifests").as_array().size(), 2U);
  const base::Json& second = found.at("manifests").as_array()[1];
  EXPECT_EQ(second.at("platform").dump(),
            R"({"architecture":"arm64","os":"linux","variant":"v8"})");
  EXPECT_EQ(second.at("annotations").dump(), R"({"a":"b"})");
  EXPECT_EQ(found.at("annotations").dump(), R"({"c":"d"})");

  must({"manifest", "remove", "app", digests("app")[0]});
  EXPECT_EQ(digests("app").size(), 1U);
  EXPECT_THAT(must({"manifest", "rm", "app"}), HasSubstr("Untagged: localhost/app:latest"));
  EXPECT_EQ(pod({"manifest", "rm", "app"}).status, 1);
}

TEST_F(Manifest, NameThatIsTakenIsRefusedUnlessAmended) {
  made("amd64");
  must({"manifest", "create", "app"});

  EXPECT_THAT(pod({"manifest", "create", "app"}).err, HasSubstr("--amend adds to it"));
  must({"manifest", "create", "--amend", "app", "app-amd64"});
  EXPECT_EQ(digests("app").size(), 1U);
  EXPECT_THAT(pod({"manifest", "create", "app-amd64"}).err, HasSubstr("an image has this name"));
}

TEST_F(Manifest, ListIsShownAndNamedAsImagesAre) {
  made("amd64");
  const std::string arm = made("arm64");
  const std::string id = must({"manifest", "create", "app", "app-amd64", "app-arm64"});
  must({"tag", "app", "quay.io/team/app:2"});

  EXPECT_EQ(must({"images", "-q", "--no-trunc", "--filter", "manifest=true"}), "sha256:" + id);
  EXPECT_EQ(must({"images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", "id=" + id}),
            "localhost/app:latest\nquay.io/team/app:2");
  EXPECT_EQ(list("quay.io/team/app:2").dump(), list(id).dump());
  must({"untag", "app", "quay.io/team/app:2"});
  EXPECT_EQ(must({"rmi", "app"}), "Untagged: localhost/app:latest\nDeleted: " + id);
  EXPECT_EQ(must({"images", "-q", "--filter", "manifest=true"}), "");
  EXPECT_EQ(pod({"image", "exists", arm}).status, 0);
}

TEST_F(Manifest, ListStandsForItsImageForThisHost) {
  made("amd64");
  made("arm64");
  must({"manifest", "create", "app", "app-arm64", "app-amd64"});
  must({"manifest", "create", "empty"});
  const std::string host = must({"version", "--format", "{{.Client.OsArch}}"});

  EXPECT_EQ(must({"image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", "app"}), host);
  EXPECT_THAT(pod({"inspect", "empty"}).err, HasSubstr("of which no image for " + host));
}

TEST_F(Manifest, PushedListIsPulledForEachPlatform) {
  if (const auto why = support::why_no_docker_registry(); !why.empty()) GTEST_SKIP() << why;
  const std::string name = docker() + "/team/app:1";
  const std::string amd = made("amd64");
  const std::string arm = made("arm64");
  must({"manifest", "create", "app", "app-amd64", "app-arm64"});

  const std::string digest = must({"manifest", "push", "-q", "app", name});
  must({"push", "-q", "--digestfile", root() + "/digest", "app", name});
  EXPECT_EQ(text_of(root() + "/digest"), digest);

  must({"rmi", "--force", amd, arm});
  EXPECT_EQ("sha256:" + must({"pull", "-q", "--platform", "linux/amd64", name}), amd);
  EXPECT_EQ("sha256:" + must({"pull", "-q", "--platform", "linux/arm64", name}), arm);
}

TEST_F(Manifest, ImagesOfARegistryKeepTheirDigestsInAnotherRepository) {
  if (const auto why = support::why_no_docker_registry(); !why.empty()) GTEST_SKIP() << why;
  const std::string host = docker();
  made("amd64");
  made("arm64");
  must({"manifest", "create", "app", "app-amd64", "app-arm64"});
  must({"manifest", "push", "-q", "app", host + "/team/app:1"});
  const auto there = digests("docker://" + host + "/team/app:1");

  must({"manifest", "create", "--all", "copy", "docker://" + host + "/team/app:1"});
  must({"manifest", "push", "-q", "--rm", "copy", host + "/other/app:1"});

  EXPECT_EQ(pod({"manifest", "exists", "copy"}).status, 1);
  EXPECT_EQ(digests("docker://" + host + "/other/app:1"), there);
  must({"pull", "-q", "--platform", "linux/arm64", host + "/other/app:1"});
}

TEST_F(Manifest, InspectTellsWhetherATagIsThere) {
  if (const auto why = support::why_no_docker_registry(); !why.empty()) GTEST_SKIP() << why;
  const std::string host = docker();
  docker_->push("team/app", "1", support::make_registry_image({"one"}));

  EXPECT_EQ(list(host + "/team/app:1").at("schemaVersion").as_integer(), 2);
  const Result missing = pod({"manifest", "inspect", host + "/team/app:2"});
  EXPECT_EQ(missing.status, 125);
  EXPECT_THAT(missing.err, HasSubstr("404 not found"));
}

TEST_F(Manifest, ImageThatIsGoneIsSaidSo) {
  const std::string id = made("amd64");
  must({"manifest", "create", "app", "app-amd64"});
  must({"rmi", "--force", id});

  EXPECT_THAT(pod({"manifest", "push", "app", "localhost:1/x"}).err,
              HasSubstr("of the list is not here any more"));
}

}  // namespace
