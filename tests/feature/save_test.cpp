// save, and load of what it saved.
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"

#include <gmock/gmock.h>

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

class Save : public support::Home {
 protected:
  // An image of two layers, with links and something removed.
  std::string make() {
    if (support::busybox().empty()) return "";
    must(
        {"run", "--name", "web", "--network", "none", image(), "sh", "-c",
         "mkdir /d; echo one > /d/a; ln /d/a /d/b; ln -s a /d/c; rm /etc/passwd; chmod 4755 /d/a"});
    must({"commit", "web", "localhost/made:1"});
    must({"rm", "web"});
    return inspect("localhost/made:1").at("Id").as_string();
  }

  std::string file(const std::string& name) const { return root() + "/" + name; }
  std::string listed(const std::string& archive) const {
    return support::run({"tar", "-tf", archive}).out;
  }

  base::Json layers(const std::string& name) const { return inspect(name).at("RootFS"); }

  // Saves, removes, loads; the image is what it was.
  void goes_round(const support::Words& flags, const std::string& path) {
    const std::string id = make();
    if (id.empty()) GTEST_SKIP() << "busybox-static is not installed";
    const base::Json before = layers(id);
    support::Words words = {"save", "--output", path};
    words.insert(words.end(), flags.begin(), flags.end());
    words.emplace_back("localhost/made:1");
    must(words);
    must({"rmi", "--all", "--force"});

    must({"load", "--input", path});

    EXPECT_EQ(layers(id), before);
    EXPECT_EQ(must({"run", "--rm", "--network", "none", id, "sh", "-c",
                    "stat -c '%h %a' /d/b; readlink /d/c; test -e /etc/passwd || echo gone"}),
              "2 4755\na\ngone");
    EXPECT_NE(pod({"image", "exists", "localhost/probe"}).status, 0);
  }
};

}  // namespace

TEST_F(Save, GoesRoundAsDockerArchive) {
  goes_round({}, file("a.tar"));
}

TEST_F(Save, GoesRoundAsOciArchive) {
  goes_round({"--format", "oci-archive"}, file("a.tar"));
}

TEST_F(Save, GoesRoundAsUncompressedOciArchive) {
  goes_round({"--format", "oci-archive", "--uncompressed"}, file("a.tar"));
}

TEST_F(Save, GoesRoundAsOciFolder) {
  goes_round({"--format", "oci-dir"}, file("folder"));
}

TEST_F(Save, GoesRoundAsDockerFolder) {
  goes_round({"--format", "docker-dir"}, file("folder"));
}

TEST_F(Save, GoesRoundAsCompressedDockerFolder) {
  goes_round({"--format", "docker-dir", "--compress"}, file("folder"));
}

TEST_F(Save, NamesItsFilesAsPodmanDoes) {
  image();
  must({"save", "-o", file("a.tar"), "probe"});

  const std::string layer = layers("probe").strings_or_none("Layers").at(0).substr(7);
  const std::string id = inspect("probe").at("Id").as_string();
  EXPECT_THAT(
      listed(file("a.tar")),
      AllOf(HasSubstr(layer + ".tar\n"), HasSubstr(id + ".json\n"), HasSubstr("\nrepositories\n"),
            HasSubstr("\nmanifest.json\n"), HasSubstr("/layer.tar\n")));
  const base::Json manifest =
      base::Json::parse(support::run({"tar", "-xOf", file("a.tar"), "manifest.json"}).out);
  EXPECT_THAT(manifest.as_array().at(0).strings_or_none("RepoTags"),
              ElementsAre("localhost/probe:latest"));
}

TEST_F(Save, WritesSeveralImagesAndTheirNames) {
  const std::string id = make();
  if (id.empty()) GTEST_SKIP() << "busybox-static is not installed";
  must({"tag", "localhost/made:1", "localhost/second:2"});

  const auto saved = pod({"save", "localhost/made:1", "probe", "localhost/second:2", "brand:new"});
  must({"rmi", "--all", "--force"});
  const auto loaded = pod({"load"}, saved.out);

  EXPECT_EQ(loaded.out,
            "Loaded image: localhost/made:1\nLoaded image: localhost/second:2\n"
            "Loaded image: localhost/brand:new\nLoaded image: localhost/probe:latest\n");
  EXPECT_EQ(pod({"save", "--multi-image-archive", "probe", "missing"}).status, 125);
}

TEST_F(Save, AddsToAFolderThatHasImages) {
  make();
  image();
  const std::string folder = file("folder");
  must({"save", "--format", "oci-dir", "-o", folder, "localhost/probe"});
  must({"tag", "localhost/probe", "localhost/more:1"});
  must({"save", "--format", "oci-dir", "-o", folder, "localhost/more:1"});
  must({"save", "--format", "oci-dir", "-o", folder, "localhost/probe"});

  const base::Json index = base::Json::parse(support::run({"cat", folder + "/index.json"}).out);

  EXPECT_EQ(index.at("manifests").as_array().size(), 2U);
}

TEST_F(Save, LeavesWhatWasThereWhenItFails) {
  image();
  const std::string archive = write("a.tar", "mine");

  EXPECT_EQ(pod({"save", "-o", archive, "missing"}).status, 125);
  EXPECT_EQ(pod({"save", "-o", root() + "/none/a.tar", "probe"}).status, 125);
  EXPECT_EQ(pod({"save", "--format", "oci-dir", "probe"}).status, 125);
  EXPECT_EQ(pod({"save", "--format", "zip", "-o", archive, "probe"}).status, 125);

  EXPECT_EQ(support::run({"cat", archive}).out, "mine");
}

TEST_F(Save, NoticesThatALayerIsNotWhatItWas) {
  image();
  const std::string folder =
      inspect("probe").at("GraphDriver").at("Data").at("UpperDir").as_string();
  const std::string passwd = folder + "/etc/passwd";
  std::string text = support::run({"cat", passwd}).out;
  text.at(0) = text.at(0) == 'x' ? 'y' : 'x';
  must({"unshare", "sh", "-c", "cat > " + passwd}, text);

  const auto result = pod({"save", "-o", file("a.tar"), "probe"});

  EXPECT_EQ(result.status, 125) << result;
  EXPECT_THAT(result.err, HasSubstr("not what they were"));
  EXPECT_NE(support::run({"ls", file("a.tar")}).status, 0);
}

TEST_F(Save, DoesNotSaveToATerminal) {
  image();
  support::Start terminal = start();
  terminal.terminal = true;

  const auto result = support::run(words({"save", "probe"}), terminal);

  EXPECT_EQ(result.status, 125) << result;
  EXPECT_THAT(result.out, HasSubstr("is a terminal"));
}
