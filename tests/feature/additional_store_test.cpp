// storage.conf's additional image stores: of pod's own kind, and podman's.
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"
#include "tests/support/registry_peer_store.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace {

namespace fs = std::filesystem;

using support::Words;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class AdditionalStore : public support::Home {
 protected:
  void TearDown() override {
    // What somebody else's pod has made only that removes. It ends what runs in the runtime folder
    // that both have, so ours has to be done with its trash.
    support::wait_for_no_descendants();
    if (fs::exists(other() + "/storage")) must({"--root", other(), "system", "reset", "--force"});
    Home::TearDown();
  }

  std::string other() const { return root() + "/other"; }

  void configure(const std::string& path) const {
    write("config/containers/storage.conf",
          "[storage]\ndriver = \"overlay\"\n[storage.options]\nadditionalimagestores = [\"" + path +
              "\"]\n");
  }
  // A store of pod's kind that has localhost/probe:latest, which we have not.
  void make_ours() {
    image();
    must({"--root", other(), "image", "import-store", "--from", data()});
    must({"rmi", "--all", "--force"});
    configure(other());
  }
  // The same of podman's.
  void make_peers() {
    support::PeerStore(other()).add({support::make_image_tar()}, {"localhost/probe:latest"});
    for (const auto& entry : fs::recursive_directory_iterator(other() + "/overlay"))
      fs::permissions(entry.path(), fs::perms(0755));
    configure(other());
  }
  std::string listing() const {
    return support::run({"find", other(), "-printf", "%P %i %n %m %C@ %T@\n"}).out;
  }
  std::string layers_here() const { return support::run({"ls", data() + "/storage/layers"}).out; }

  std::string run(const Words& words = {"cat", "/etc/passwd"}) const {
    Words all = {"run", "--rm", "--network", "none", "probe", "/bin/probe"};
    all.insert(all.end(), words.begin(), words.end());
    return must(all);
  }

  // What holds for both kinds.
  void is_seen_and_run() {
    const std::string before = listing();

    EXPECT_EQ(must({"images", "--format", "{{.Repository}} {{.ReadOnly}}"}),
              "localhost/probe true");
    EXPECT_THAT(must({"images"}), HasSubstr("R/O"));
    EXPECT_EQ(must({"images", "-q", "--filter", "readonly=false"}), "");
    EXPECT_EQ(pod({"image", "exists", "probe"}).status, 0);
    EXPECT_EQ(pod({"image", "exists", inspect("probe").at("Id").as_string().substr(0, 12)}).status,
              0);
    EXPECT_THAT(inspect("probe").at("GraphDriver").at("Data").at("UpperDir").as_string(),
                HasSubstr(other()));
    EXPECT_THAT(must({"history", "probe"}), HasSubstr("MB"));
    EXPECT_THAT(run(), HasSubstr("root:x:0:0"));
    EXPECT_EQ(layers_here(), "");
    EXPECT_EQ(listing(), before);
  }

  void is_never_changed() {
    const std::string before = listing();

    for (const Words& words : {Words{"rmi", "probe"}, Words{"rmi", "--force", "probe"},
                               Words{"tag", "probe", "more"}, Words{"untag", "probe"}}) {
      const auto result = pod(words);
      EXPECT_EQ(result.status, 125) << result;
      EXPECT_THAT(result.err, AllOf(HasSubstr("additional store " + other()),
                                    HasSubstr("pod image import-store --from")));
    }
    must({"rmi", "--all"});
    must({"image", "prune", "--all", "--force"});
    must({"system", "prune", "--all", "--force"});
    EXPECT_EQ(must({"system", "df", "--format", "{{.Type}} {{.Total}}"}).substr(0, 8), "Images 0");

    EXPECT_EQ(pod({"image", "exists", "probe"}).status, 0);
    EXPECT_EQ(listing(), before);
  }
};

}  // namespace

TEST_F(AdditionalStore, OfPodIsSeenAndRun) {
  make_ours();
  is_seen_and_run();
}

TEST_F(AdditionalStore, OfPodmanIsSeenAndRun) {
  make_peers();
  is_seen_and_run();
}

TEST_F(AdditionalStore, OfPodIsNeverChanged) {
  make_ours();
  is_never_changed();
}

TEST_F(AdditionalStore, OfPodmanIsNeverChanged) {
  make_peers();
  is_never_changed();
}

TEST_F(AdditionalStore, GivesWayToWhatIsHere) {
  make_ours();
  must({"image", "import-store", "--from", other()});

  EXPECT_EQ(must({"images", "--format", "{{.Repository}} {{.ReadOnly}}"}), "localhost/probe false");
  must({"rmi", "--force", "probe"});
  EXPECT_EQ(must({"images", "--format", "{{.Repository}} {{.ReadOnly}}"}), "localhost/probe true");
}

TEST_F(AdditionalStore, ContainersOnItLiveAndBecomeImages) {
  make_peers();
  must({"run", "--name", "web", "--network", "none", "probe", "/bin/probe", "write", "/new", "n"});

  EXPECT_THAT(must({"diff", "web"}), HasSubstr("A /new"));
  EXPECT_THAT(must({"ps", "--all", "--size"}), HasSubstr("localhost/probe:latest"));
  const base::Json data = inspect("web").at("GraphDriver").at("Data");
  EXPECT_TRUE(data.is_null() || fs::exists(data.at("LowerDir").as_string()));
  must({"commit", "web", "made"});
  must({"rm", "web"});
  EXPECT_EQ(must({"run", "--rm", "--network", "none", "made", "/bin/probe", "cat", "/new"}), "n");
  fs::remove(root() + "/config/containers/storage.conf");
  EXPECT_EQ(must({"run", "--rm", "--network", "none", "made", "/bin/probe", "cat", "/new"}), "n");
}

TEST_F(AdditionalStore, IsSavedFrom) {
  make_peers();
  const std::string id = inspect("probe").at("Id").as_string();

  must({"save", "-o", root() + "/a.tar", "probe"});
  must({"rmi", "--all", "--force"});
  fs::remove(root() + "/config/containers/storage.conf");
  must({"load", "-i", root() + "/a.tar"});

  EXPECT_EQ(inspect("probe").at("Id").as_string(), id);
}

TEST_F(AdditionalStore, WhoseFilesAreNotAsTheySeemIsCopied) {
  make_peers();
  write("other/overlay/.has-mount-program", "true");

  EXPECT_THAT(run(), HasSubstr("root:x:0:0"));

  EXPECT_NE(layers_here(), "");
  EXPECT_EQ(must({"images", "--format", "{{.ReadOnly}}"}), "false");
}

TEST_F(AdditionalStore, WhoseFilesBelongToOthersIsCopied) {
  SKIP_FOR(support::why_no_ids());
  make_ours();
  must({"unshare", "sh", "-c", "chown 7:7 " + other() + "/storage/layers/*/root"});

  EXPECT_THAT(run(), HasSubstr("root:x:0:0"));

  EXPECT_NE(layers_here(), "");
}

TEST_F(AdditionalStore, StorageConfIsAlwaysTheOneThatIsThere) {
  make_ours();
  EXPECT_EQ(pod({"image", "exists", "probe"}).status, 0);

  configure(root() + "/none");
  EXPECT_EQ(pod({"image", "exists", "probe"}).status, 1);
  configure(other() + "/storage");
  EXPECT_EQ(pod({"image", "exists", "probe"}).status, 0);
  fs::remove(root() + "/config/containers/storage.conf");
  EXPECT_EQ(pod({"image", "exists", "probe"}).status, 1);
}

TEST_F(AdditionalStore, WhatIsWrongWithStorageConfIsSaidAndLeavesTheRestAlone) {
  image();
  write("config/containers/storage.conf", "[storage.options]\nadditionalimagestores = 7\n");

  for (int i = 0; i < 2; ++i) {
    const auto result = pod({"images", "-q"});
    EXPECT_EQ(result.status, 0) << result;
    EXPECT_THAT(result.err, HasSubstr("storage.conf:2: storage.options.additionalimagestores: "
                                      "expected an array of strings; no additional store is used"));
    EXPECT_NE(result.out, "");
  }
  EXPECT_THAT(run(), HasSubstr("root:x:0:0"));
}

TEST_F(AdditionalStore, ADamagedOneLeavesTheRestAlone) {
  image();
  make_peers();
  write("other/overlay-images/images.json", "[");

  const auto result = pod({"images", "--format", "{{.Repository}}"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.line(), "localhost/probe");
  EXPECT_THAT(result.err, HasSubstr("additional store " + other()));
}
