// `image import-store`: from a store that was made byte for byte, and from podman's own.
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/registry_peer_store.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

using support::RegistryImage;
using support::TarText;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Everything that is hard to take over.
std::string difficult_layer() {
  TarText tar;
  tar.directory("etc").directory("d");
  tar.file("etc/.wh.group").file("d/.wh..wh..opq").file("d/a", "one");
  tar.hardlink("d/b", "d/a").symlink("d/c", "a");
  tar.add({.path = "d/suid", .body = "s", .mode = 04755});
  tar.add({.path = "d/user", .body = "u", .mode = 0640, .uid = 1000, .gid = 1000});
  tar.add({.path = "d/noted", .body = "n", .pax = {{"SCHILY.xattr.user.note", "hello"}}});
  return tar.end();
}

class ImportStore : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    peer_.emplace(root() + "/peer");
    base_ = support::make_image_tar();
  }

  std::string folder() const { return root() + "/peer"; }
  support::Result import(support::Words words = {}) const {
    words.insert(words.begin(), {"image", "import-store", "--from", folder()});
    return pod(words);
  }

  std::optional<support::PeerStore> peer_;
  std::string base_;
};

}  // namespace

TEST_F(ImportStore, TakesOverEverythingAsItIs) {
  SKIP_FOR(support::why_no_ids());
  const RegistryImage made =
      peer_->add({base_, difficult_layer()}, {"quay.io/team/app:1", "localhost/also:2"});

  const auto result = import();

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.out, "Imported image: quay.io/team/app:1\nImported image: localhost/also:2\n");
  EXPECT_EQ(inspect("also:2").at("Id").as_string(), made.id());
  EXPECT_THAT(inspect("also:2").strings_or_none("RepoDigests"),
              testing::Contains("quay.io/team/app@" + made.manifest.digest));
  EXPECT_EQ(must({"run", "--rm", "--network", "none", "also:2", "/bin/probe", "cat", "/d/a"}),
            "one");
  if (support::busybox().empty()) return;
  EXPECT_EQ(must({"run", "--rm", "--network", "none", "also:2", "sh", "-c",
                  "stat -c '%h %a %u' /d/b /d/suid /d/user; readlink /d/c; ls /etc/group 2>&1"
                  " | wc -l; ls /d"}),
            "2 644 0\n1 4755 0\n1 640 1000\na\n1\na\nb\nc\nnoted\nsuid\nuser");
}

TEST_F(ImportStore, WhatIsPushedIsWhatWasPulled) {
  const RegistryImage made = peer_->add({base_, difficult_layer()}, {"localhost/app:1"});
  support::Registry registry(nullptr);
  registry.add(made, "1");
  ASSERT_EQ(import().status, 0);

  must({"push", "-q", "--tls-verify=false", "app:1", registry.host() + "/team/app:2"});

  const auto pushed = registry.find_manifest("2");
  ASSERT_TRUE(pushed);
  EXPECT_EQ(pushed->digest, made.manifest.digest);
}

TEST_F(ImportStore, TakesOverWhatIsNamed) {
  const RegistryImage one = peer_->add({base_}, {"docker.io/library/one:latest"});
  const RegistryImage two = peer_->add({TarText().file("two", "2").end()}, {});
  peer_->add({TarText().file("three", "3").end()}, {"localhost/three:1"});

  const auto result = import({"one", two.id().substr(0, 12)});

  EXPECT_EQ(result.out, "Imported image: docker.io/library/one:latest\nImported image: sha256:" +
                            two.id() + "\n");
  EXPECT_EQ(result.status, 0) << result;
  EXPECT_NE(pod({"image", "exists", "localhost/three:1"}).status, 0);
}

TEST_F(ImportStore, GoesOnAfterWhatIsDamaged) {
  const RegistryImage bad = peer_->add({TarText().file("bad", "1").end()}, {"localhost/bad:1"});
  const RegistryImage worse = peer_->add({TarText().file("w", "1").end()}, {"localhost/worse:1"});
  peer_->add({base_}, {"localhost/good:1"});
  std::ofstream(peer_->tree(bad, 0) + "/bad") << "2";
  fs::remove(peer_->split(worse, 0));

  const auto result = import();

  EXPECT_EQ(result.status, 125) << result;
  EXPECT_EQ(result.out, "Imported image: localhost/good:1\n");
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("localhost/bad:1: layer "), HasSubstr("bad: it is not what it was\n"),
                    HasSubstr("localhost/worse:1: layer "), HasSubstr("tar-split")));
  EXPECT_NE(pod({"image", "exists", "localhost/bad:1"}).status, 0);
}

TEST_F(ImportStore, WaitsForWhoeverWritesThere) {
  peer_->add({base_}, {"localhost/app:1"});
  const int lock = ::open((folder() + "/overlay-layers/layers.lock").c_str(), O_RDWR | O_CLOEXEC);
  struct flock all = {};
  all.l_type = F_WRLCK;
  ASSERT_EQ(::fcntl(lock, F_OFD_SETLK, &all), 0);

  support::Program program(words({"image", "import-store", "--from", folder()}), start());
  EXPECT_FALSE(program.expect("Imported", 0.5));
  ::close(lock);

  EXPECT_TRUE(program.expect("Imported image: localhost/app:1"));
  EXPECT_EQ(program.wait().status, 0);
}

TEST_F(ImportStore, ChangesNothingThere) {
  const auto listing = [&] {
    return support::run({"find", folder(), "-printf", "%P %i %n %C@ %T@\n"}).out;
  };
  peer_->add({base_, difficult_layer()}, {"localhost/app:1"});
  const std::string before = listing();

  ASSERT_EQ(import().status, 0);

  EXPECT_EQ(listing(), before);
}

TEST_F(ImportStore, FindsPodmansStoreByStorageConf) {
  peer_->add({base_}, {"localhost/app:1"});
  write("config/containers/storage.conf", "[storage]\ngraphroot = \"" + folder() + "\"\n");

  EXPECT_EQ(must({"image", "import-store"}), "Imported image: localhost/app:1");
}

TEST_F(ImportStore, SaysWhatIsNotThere) {
  EXPECT_THAT(import({"none"}).err, HasSubstr("none: there is no such image in " + folder()));
  EXPECT_THAT(pod({"image", "import-store", "--from", root()}).err,
              HasSubstr("no store of podman"));
  EXPECT_THAT(pod({"image", "import-store", "--from", root() + "/none"}).err,
              HasSubstr("no such folder"));
}

TEST_F(ImportStore, TakesOverWhatPodmanHas) {
  if (support::run({"sh", "-c", "command -v podman"}).status != 0) {
    GTEST_SKIP() << "podman is not installed";
  }
  SKIP_FOR(support::why_no_ids());
  const std::string id = inspect(image()).at("Id").as_string();
  must({"save", "-q", "-o", root() + "/a.tar", image()});
  must({"rmi", "--all", "--force"});
  write("config/containers/storage.conf", "[storage]\ndriver = \"vfs\"\ngraphroot = \"" + root() +
                                              "/podman\"\nrunroot = \"" + root() +
                                              "/podman-run\"\n");
  write("config/containers/policy.json", R"({"default":[{"type":"insecureAcceptAnything"}]})");
  const auto podman = [&](support::Words words) {
    words.insert(words.begin(), "podman");
    return support::run(words, start(), "", 60);
  };
  const auto loaded = podman({"load", "-q", "-i", root() + "/a.tar"});
  if (loaded.status != 0) GTEST_SKIP() << "podman does not work here: " << loaded.err;

  must({"image", "import-store"});

  EXPECT_EQ(inspect("probe").at("Id").as_string(), id);
  EXPECT_EQ(probe({"cat", "/etc/secret"}).out, "secret\n");
  podman({"unshare", "rm", "-rf", root() + "/podman"});
  // The process that holds podman's user namespace stays otherwise.
  support::run({"sh", "-c", "kill $(cat " + root() + "/run/libpod/tmp/pause.pid)"});
}
