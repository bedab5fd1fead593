// --userns: whose ids a container has, and what that costs on the disk.
#include "tests/support/home.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

std::string own() {
  return std::to_string(::getuid()) + ":" + std::to_string(::getgid());
}

class UserNamespace : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    SKIP_FOR(support::why_no_ids());
    if (::getuid() == 0) GTEST_SKIP() << "root has no id to keep";
  }

  // Each layer's trees for other ids, with the time at which they were made.
  std::vector<std::string> second_trees() const {
    std::vector<std::string> trees;
    for (const auto& layer : std::filesystem::directory_iterator(data() + "/storage/layers")) {
      if (!std::filesystem::exists(layer.path() / "shifted")) continue;
      for (const auto& tree : std::filesystem::directory_iterator(layer.path() / "shifted")) {
        struct stat status {};
        EXPECT_EQ(::stat(tree.path().c_str(), &status), 0);
        trees.push_back(tree.path().string() + " " + std::to_string(status.st_ctim.tv_nsec));
      }
    }
    return trees;
  }

  // Blocks of all layers, with what was made of them.
  std::int64_t images_size() const {
    return std::stoll(must({"system", "df", "--format", "{{.RawSize}}"}));
  }
};

}  // namespace

TEST_F(UserNamespace, KeepsTheCallersId) {
  EXPECT_THAT(probe({"ids"}, {"--userns", "keep-id"}).line(), StartsWith(own()));
}

TEST_F(UserNamespace, ShowsTheImagesFilesAsRoots) {
  EXPECT_THAT(probe({"stat", "/bin/probe"}, {"--userns", "keep-id"}).line(), HasSubstr(" 0:0 "));
  EXPECT_THAT(probe({"stat", "/etc"}, {"--userns", "keep-id"}).line(), HasSubstr(" 0:0 "));
  EXPECT_THAT(probe({"stat", "/dev"}, {"--userns", "keep-id"}).line(), HasSubstr(" 0:0 "));
}

TEST_F(UserNamespace, GivesWhatIsWrittenToTheCaller) {
  const std::string folder = std::filesystem::path(write("folder/file", "text")).parent_path();
  const std::string volume = folder + ":/data";

  EXPECT_EQ(probe({"write", "/data/new", "x"}, {"--userns", "keep-id", "-v", volume}).status, 0);
  EXPECT_THAT(probe({"stat", "/data/file"}, {"--userns", "keep-id", "-v", volume}).line(),
              HasSubstr(" " + own() + " "));

  struct stat status {};
  ASSERT_EQ(::stat((folder + "/new").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, ::getuid());
}

TEST_F(UserNamespace, CanShowTheCallerAsSomebodyElse) {
  const auto result = probe({"ids"}, {"--userns", "keep-id:uid=55,gid=66"});

  EXPECT_THAT(result.line(), StartsWith("55:66 ")) << result;
}

TEST_F(UserNamespace, MapsTheCallerToNobodyWhenAsked) {
  const std::string volume =
      std::filesystem::path(write("folder/file", "text")).parent_path().string() + ":/data";

  EXPECT_THAT(probe({"stat", "/bin/probe"}, {"--userns", "nomap"}).line(), HasSubstr(" 0:0 "));
  EXPECT_THAT(probe({"stat", "/data"}, {"--userns", "nomap", "-v", volume}).line(),
              HasSubstr(" 65534:65534 "));
}

TEST_F(UserNamespace, GivesTheCallerALineInTheImagesFiles) {
  const auto result = probe({"cat", "/etc/passwd"}, {"--userns", "keep-id:uid=55", "-w", "/tmp"});

  EXPECT_THAT(result.out, HasSubstr(":*:55:")) << result;
  EXPECT_THAT(result.out, HasSubstr(":/tmp:/bin/sh")) << result;
}

TEST_F(UserNamespace, MakesNothingTheSecondTime) {
  image();
  ASSERT_TRUE(second_trees().empty());

  EXPECT_EQ(probe({"pid"}, {"--userns", "keep-id"}).status, 0);
  const std::vector<std::string> first = second_trees();
  EXPECT_EQ(probe({"pid"}, {"--userns", "keep-id"}).status, 0);

  EXPECT_FALSE(first.empty());
  EXPECT_EQ(second_trees(), first);
}

TEST_F(UserNamespace, LeavesNothingWhenTheImageGoes) {
  EXPECT_EQ(probe({"pid"}, {"--userns", "keep-id"}).status, 0);

  must({"rmi", image()});

  EXPECT_TRUE(std::filesystem::is_empty(data() + "/storage/layers"));
  EXPECT_EQ(images_size(), 0);
}

TEST_F(UserNamespace, KeepsLinksModesAndWhatLayersHide) {
  support::Registry registry(nullptr);
  const auto image = support::make_registry_image(
      {support::TarText()
           .directory("d")
           .file("d/one", "first")
           .hardlink("d/two", "d/one")
           .file("d/gone", "x")
           .add({.path = "d/tool", .body = "program", .mode = 04755, .uid = 3, .gid = 4})
           .end(),
       support::TarText().directory("d").file("d/one", "second").file("d/.wh.gone").end()});
  registry.add(image, "links");
  const std::string name = registry.host() + "/image:links";
  must({"pull", "--quiet", "--tls-verify=false", name});
  must({"create", "--userns", "keep-id", "--name", "c", name, "x"});

  must({"export", "-o", root() + "/tar", "c"});
  const auto listing = support::run({"tar", "-tvf", root() + "/tar", "--numeric-owner"});
  const auto two = support::run({"tar", "-xOf", root() + "/tar", "d/two"});

  EXPECT_THAT(listing.out, HasSubstr("-rwsr-xr-x 3/4"));
  EXPECT_THAT(listing.out, HasSubstr("0/0"));
  EXPECT_EQ(listing.out.find("gone"), std::string::npos);
  EXPECT_EQ(support::run({"tar", "-xOf", root() + "/tar", "d/one"}).out, "second");
  EXPECT_EQ(two.out, "first");
  must({"rm", "c"});
}

TEST_F(UserNamespace, CanBeOfIdsThatNobodyElseHas) {
  start_probe({"forever"}, {"--name", "one", "--userns", "auto"});
  start_probe({"forever"}, {"--name", "two", "--userns", "auto:size=2000"});

  const auto map = [&](const char* name) {
    return must({"inspect", "-f", "{{.HostConfig.IDMappings.UidMap}}", name});
  };
  EXPECT_EQ(map("one"), "[0:1:1024]");
  EXPECT_EQ(map("two"), "[0:1025:2000]");
  EXPECT_THAT(must({"exec", "one", "probe", "stat", "/bin/probe"}), HasSubstr(" 0:0 "));
  EXPECT_THAT(pod({"run", "--userns", "auto:size=4000000", image(), "probe"}).err,
              HasSubstr("4000000 ids in a row are wanted"));
  must({"rm", "--force", "--time", "0", "one", "two"});
}

TEST_F(UserNamespace, CanBeOfAllIdsThatAreGrantedToAName) {
  const std::string name = support::run({"id", "-un"}, start()).line();

  const auto result = probe({"cat", "/proc/self/uid_map"}, {"--subuidname", name});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, ::testing::MatchesRegex(" *0 +1 +[0-9]+\n"));
  EXPECT_THAT(probe({"ids"}, {"--subuidname", "root"}).err, HasSubstr("no ids but its own"));
}

TEST_F(UserNamespace, IsThePodsForItsMembers) {
  must({"pod", "create", "--userns", "keep-id", "--name", "p", "--network", "none"});

  const auto result = pod({"run", "--rm", "--pod", "p", image(), "probe", "ids"});
  const auto refused = pod({"run", "--rm", "--pod", "p", "--userns", "nomap", image(), "probe"});

  EXPECT_THAT(result.out, StartsWith(own())) << result;
  EXPECT_THAT(refused.err, HasSubstr("belongs to the pod")) << refused;
  must({"pod", "rm", "-f", "p"});
}

TEST_F(UserNamespace, IsShownByInspect) {
  must({"create", "--userns", "keep-id:uid=5,gid=5", "--name", "c", image(), "x"});

  const std::string mode = must({"inspect", "-f", "{{.HostConfig.UsernsMode}}", "c"});
  const std::string map = must({"inspect", "-f", "{{.HostConfig.IDMappings.UidMap}}", "c"});

  EXPECT_EQ(mode, "private");
  EXPECT_THAT(map, StartsWith("[0:1:5 5:0:1 6:6:"));
  must({"rm", "c"});
}
