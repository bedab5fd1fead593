#include "pkg/transfer/saved_image.hpp"

#include "pkg/base/error.hpp"
#include "pkg/hash/sha256.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class OneText : public tar::Source {
 public:
  explicit OneText(std::string text) : text_(std::move(text)) {}
  std::string_view read() override {
    if (is_read_) return {};
    is_read_ = true;
    return text_;
  }

 private:
  std::string text_;
  bool is_read_ = false;
};

class Texts : public transfer::Files {
 public:
  std::unique_ptr<tar::Source> find(const std::string& name) const override {
    const auto found = texts_.find(name);
    return found == texts_.end() ? nullptr : std::make_unique<OneText>(found->second);
  }

  void add(const std::string& name, const std::string& text) { texts_[name] = text; }
  std::string add_blob(const std::string& text) {
    add("blobs/sha256/" + hash::sha256(text), text);
    return "sha256:" + hash::sha256(text);
  }

 private:
  std::map<std::string, std::string> texts_;
};

const std::string kDiffId = "sha256:" + std::string(64, '7');
const std::string kConfig = R"({"rootfs":{"diff_ids":[")" + kDiffId + R"("]}})";

Texts docker_archive(const std::string& tags, const std::string& layers = R"(["a/layer.tar"])") {
  Texts files;
  files.add("manifest.json",
            R"([{"Config":"c.json","RepoTags":)" + tags + R"(,"Layers":)" + layers + "}]");
  files.add("c.json", kConfig);
  return files;
}

Texts oci_archive(const std::string& annotations) {
  Texts files;
  const std::string config = files.add_blob(kConfig);
  const std::string manifest = files.add_blob(fmt::format(
      R"({{"schemaVersion":2,"config":{{"mediaType":"application/vnd.oci.image.config.v1+json",)"
      R"("digest":"{}","size":1}},"layers":[{{"mediaType":"m","digest":"{}","size":5}}]}})",
      config, "sha256:" + std::string(64, '1')));
  files.add("index.json",
            fmt::format(R"({{"manifests":[{{"digest":"{}","size":1,"annotations":{}}}]}})",
                        manifest, annotations));
  return files;
}

TEST(SavedImage, OfDockerHasNamesOfDockersRegistry) {
  const auto images = transfer::list_saved(docker_archive(R"(["alpine:3","quay.io/a/b:1"])"));

  ASSERT_EQ(images.size(), 1U);
  EXPECT_THAT(images[0].names, ElementsAre("docker.io/library/alpine:3", "quay.io/a/b:1"));
  EXPECT_THAT(images[0].files, ElementsAre("a/layer.tar"));
  EXPECT_EQ(images[0].layers.at(0).diff_id, kDiffId);
  EXPECT_EQ(images[0].config_bytes, kConfig);
  EXPECT_EQ(images[0].manifest_bytes, "");
}

TEST(SavedImage, MayHaveNoName) {
  EXPECT_THAT(transfer::list_saved(docker_archive("null")).at(0).names, IsEmpty());
  EXPECT_THAT(transfer::list_saved(oci_archive("null")).at(0).names, IsEmpty());
}

TEST(SavedImage, OfAnOciArchiveIsNamedByAnnotation) {
  const auto by_ref =
      transfer::list_saved(oci_archive(R"({"org.opencontainers.image.ref.name":"app:2"})"));
  const auto by_containerd =
      transfer::list_saved(oci_archive(R"({"org.opencontainers.image.ref.name":"2",)"
                                       R"("io.containerd.image.name":"docker.io/library/app:2"})"));

  EXPECT_THAT(by_ref.at(0).names, ElementsAre("localhost/app:2"));
  EXPECT_THAT(by_containerd.at(0).names, ElementsAre("docker.io/library/app:2"));
  EXPECT_THAT(by_ref.at(0).files, ElementsAre("blobs/sha256/" + std::string(64, '1')));
  EXPECT_EQ(by_ref.at(0).manifest_digest, "sha256:" + hash::sha256(by_ref.at(0).manifest_bytes));
}

TEST(SavedImage, MayBeAFolderOfBlobsBesideTheirManifest) {
  const std::string config = hash::sha256(kConfig);
  Texts files;
  files.add(config, kConfig);
  files.add(
      "manifest.json",
      fmt::format(R"({{"schemaVersion":2,"config":{{"mediaType":)"
                  R"("application/vnd.oci.image.config.v1+json","digest":"sha256:{}","size":1}},)"
                  R"("layers":[{{"mediaType":"m","digest":"sha256:{}","size":5}}]}})",
                  config, std::string(64, '1')));

  const auto images = transfer::list_saved(files);

  ASSERT_EQ(images.size(), 1U);
  EXPECT_THAT(images[0].files, ElementsAre(std::string(64, '1')));
  EXPECT_EQ(images[0].config_bytes, kConfig);
  EXPECT_THAT(images[0].names, IsEmpty());
}

TEST(SavedImage, IsRefusedWhenABlobIsNotWhatItsNameSays) {
  Texts files = oci_archive("null");
  const std::string manifest = transfer::list_saved(files).at(0).manifest_digest.substr(7);
  files.add("blobs/sha256/" + manifest, R"({"config":{},"layers":[]})");

  EXPECT_THROW(transfer::list_saved(files), base::Error);
}

TEST(SavedImage, IsRefusedWhenLayersAreMissing) {
  EXPECT_THROW(transfer::list_saved(docker_archive("[]", "[]")), base::Error);
  EXPECT_THROW(transfer::list_saved(Texts()), base::Error);
}

}  // namespace
