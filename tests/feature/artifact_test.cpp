// `artifact`: files in the store and in registries.
#include "tests/support/home.hpp"
#include "tests/support/registry_docker.hpp"

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

class Artifact : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    write("weights", "many numbers");
    write("notes", "few words");
    fs::create_directory(root() + "/out");
  }
  void TearDown() override {
    docker_.reset();
    pod({"artifact", "rm", "--all"});
    Home::TearDown();
  }

  std::string docker() {
    fs::create_directory(root() + "/pki");
    authority_.emplace(root() + "/pki");
    docker_.emplace(root() + "/registry", *authority_);
    write("config/containers/certs.d/" + docker_->host() + "/ca.crt",
          text_of(authority_->authority()));
    return docker_->host();
  }
  std::string add(const std::string& name) const {
    return must({"artifact", "add", "--type", "application/x-model", name, root() + "/weights",
                 root() + "/notes"});
  }

  std::optional<support::Authority> authority_;
  std::optional<support::DockerRegistry> docker_;
};

TEST_F(Artifact, FilesGoInAndComeOutAgain) {
  const std::string digest = add("model");

  EXPECT_THAT(must({"artifact", "ls"}), HasSubstr("localhost/model"));
  must({"artifact", "extract", "model", root() + "/out"});
  EXPECT_EQ(text_of(root() + "/out/weights"), "many numbers");
  EXPECT_EQ(text_of(root() + "/out/notes"), "few words");
  must({"artifact", "extract", "--title", "notes", "model", root() + "/one"});
  EXPECT_EQ(text_of(root() + "/one"), "few words");
  EXPECT_THAT(pod({"artifact", "extract", "model", root() + "/two"}).err,
              HasSubstr("the artifact has 2 files"));
  EXPECT_EQ(must({"artifact", "inspect", "--format", "{{.Digest}}", digest.substr(0, 12)}),
            "sha256:" + digest);
  EXPECT_EQ(must({"artifact", "rm", "model"}), digest);
  EXPECT_EQ(pod({"artifact", "rm", "model"}).status, 1);
}

TEST_F(Artifact, IsAddedToOrReplacedOnlyWhenTold) {
  must({"artifact", "add", "model", root() + "/weights"});

  EXPECT_THAT(pod({"artifact", "add", "model", root() + "/notes"}).err, HasSubstr("--append"));
  must({"artifact", "add", "--append", "model", root() + "/notes"});
  must({"artifact", "extract", "model", root() + "/out"});
  EXPECT_EQ(text_of(root() + "/out/weights"), "many numbers");
  EXPECT_EQ(text_of(root() + "/out/notes"), "few words");
  EXPECT_THAT(pod({"artifact", "add", "--append", "model", root() + "/notes"}).err,
              HasSubstr("a file of this name already"));
  must({"artifact", "add", "--replace", "model", root() + "/notes"});
  must({"artifact", "extract", "model", root() + "/single"});
  EXPECT_EQ(text_of(root() + "/single"), "few words");
}

TEST_F(Artifact, ComesBackFromARegistryWithItsDigest) {
  if (const auto why = support::why_no_docker_registry(); !why.empty()) GTEST_SKIP() << why;
  const std::string name = docker() + "/team/model:1";
  const std::string digest = add(name);

  EXPECT_EQ(must({"artifact", "push", name}), "sha256:" + digest);
  must({"artifact", "rm", name});
  EXPECT_EQ(must({"artifact", "pull", name}), digest);
  must({"artifact", "extract", name, root() + "/out"});
  EXPECT_EQ(text_of(root() + "/out/weights"), "many numbers");
}

TEST_F(Artifact, ImageIsNone) {
  if (const auto why = support::why_no_docker_registry(); !why.empty()) GTEST_SKIP() << why;
  const std::string name = docker() + "/team/app:1";
  docker_->push("team/app", "1", support::make_registry_image({"one"}));

  EXPECT_THAT(pod({"artifact", "pull", name}).err, HasSubstr("not an artifact but an image"));
}

TEST_F(Artifact, DamagedFileIsNotGivenOut) {
  add("model");
  for (const auto& entry : fs::recursive_directory_iterator(data() + "/storage/artifacts")) {
    if (entry.path().parent_path().filename() == "blobs") {
      std::ofstream(entry.path(), std::ios::app) << "x";
    }
  }

  EXPECT_THAT(pod({"artifact", "extract", "model", root() + "/out"}).err,
              HasSubstr("damaged here"));
  EXPECT_TRUE(fs::is_empty(root() + "/out"));
}

}  // namespace
