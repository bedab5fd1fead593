#include "storage/tar/apply.hpp"

#include "pkg/sys/dir.hpp"
#include "tests/support/tar_text.hpp"
#include "tests/unit/tar/unpacked.hpp"

#include <gtest/gtest.h>

namespace {

using support::TarText;

TEST(Apply, MakesFilesDirectoriesAndLinks) {
  LayerFolder layer;

  const tar::Applied applied =
      layer.apply(TarText()
                      .directory("./")
                      .directory("./bin", 0750)
                      .add({.path = "./bin/sh", .body = "shell", .mode = 0755})
                      .symlink("./sh", "bin/sh")
                      .hardlink("./bin/ash", "./bin/sh")
                      .end());

  EXPECT_EQ(applied.size, 5);
  EXPECT_EQ(applied.files, 5);
  EXPECT_EQ(layer.text("bin/sh"), "shell");
  EXPECT_EQ(layer.status("bin/sh").st_mode & 07777U, 0755U);
  EXPECT_EQ(layer.status("bin").st_mode & 07777U, 0750U);
  EXPECT_TRUE(S_ISLNK(layer.status("sh").st_mode));
  EXPECT_EQ(layer.status("bin/ash").st_ino, layer.status("bin/sh").st_ino);
}

TEST(Apply, TakesNoNoticeOfWhatIsSaidOfTheRoot) {
  LayerFolder layer;

  layer.apply(TarText().directory("./", 0700).file("./f").end());

  EXPECT_EQ(layer.status(".").st_mode & 07777U, 0755U);
}

TEST(Apply, KeepsTimesOfDirectoriesThatWereFilledLater) {
  LayerFolder layer;

  layer.apply(TarText()
                  .add({.path = "d", .type = '5', .mode = 0755, .mtime = 1000})
                  .add({.path = "d/f", .mtime = 2000})
                  .add({.path = "l", .type = '2', .link = "d", .mtime = 3000})
                  .end());

  EXPECT_EQ(layer.status("d").st_mtime, 1000);
  EXPECT_EQ(layer.status("d/f").st_mtime, 2000);
  EXPECT_EQ(layer.status("l").st_mtime, 3000);
}

TEST(Apply, KeepsSetuidSetgidAndStickyBits) {
  LayerFolder layer;

  layer.apply(TarText()
                  .add({.path = "su", .body = "x", .mode = 04755})
                  .directory("tmp", 01777)
                  .directory("mail", 02775)
                  .file("mail/f")
                  .end());

  EXPECT_EQ(layer.status("su").st_mode & 07777U, 04755U);
  EXPECT_EQ(layer.status("tmp").st_mode & 07777U, 01777U);
  EXPECT_EQ(layer.status("mail").st_mode & 07777U, 02775U);
}

TEST(Apply, MakesDirectoriesThatTheArchiveLeavesOut) {
  LayerFolder layer;

  layer.apply(TarText().file("a/b/c", "x").end());

  EXPECT_EQ(layer.text("a/b/c"), "x");
  EXPECT_EQ(layer.status("a/b").st_mode & 07777U, 0755U);
}

TEST(Apply, LetsTheLastOfTheSameNameWin) {
  LayerFolder layer;

  layer.apply(TarText()
                  .file("f", "old")
                  .file("f", "new")
                  .directory("d")
                  .file("d/x")
                  .file("d", "a file now")
                  .file("e")
                  .directory("e")
                  .file("e/y")
                  .symlink("s", "nowhere")
                  .file("s", "no link")
                  .end());

  EXPECT_EQ(layer.text("f"), "new");
  EXPECT_EQ(layer.text("d"), "a file now");
  EXPECT_TRUE(layer.exists("e/y"));
  EXPECT_EQ(layer.text("s"), "no link");
}

TEST(Apply, MergesADirectoryThatComesTwice) {
  LayerFolder layer;

  layer.apply(TarText().directory("d").file("d/x", "x").directory("d", 0700).file("d/y").end());

  EXPECT_EQ(layer.text("d/x"), "x");
  EXPECT_EQ(layer.status("d").st_mode & 07777U, 0700U);
}

TEST(Apply, FollowsLinksInsideTheLayer) {
  LayerFolder layer;

  layer.apply(
      TarText().directory("usr/lib").symlink("lib", "usr/lib").file("lib/libc.so", "c").end());

  EXPECT_EQ(layer.text("usr/lib/libc.so"), "c");
}

TEST(Apply, TakesNamesAsBytes) {
  LayerFolder layer;
  const std::string decomposed = "e\xcc\x81t\xc3\xa9";  // must not be normalised
  const std::string latin = "caf\xe9";                  // not UTF-8

  layer.apply(TarText()
                  .add({.path = "x", .body = "1", .pax = {{"path", decomposed}}})
                  .add({.path = latin, .body = "2"})
                  .add({.path = "y", .body = "3", .pax = {{"path", latin + "-pax"}}})
                  .add({.path = "z", .type = '2', .link = "t", .pax = {{"linkpath", decomposed}}})
                  .end());

  EXPECT_EQ(layer.text(decomposed), "1");
  EXPECT_EQ(layer.text(latin), "2");
  EXPECT_EQ(layer.text(latin + "-pax"), "3");
  EXPECT_EQ(layer.text("z"), "1");
}

TEST(Apply, ReadsPaxSizesTimesAndLongNames) {
  LayerFolder layer;
  const std::string deep = std::string(200, 'a') + "/" + std::string(200, 'b');

  layer.apply(
      TarText()
          .add({.path = "short", .body = "x", .pax = {{"path", deep}, {"mtime", "1500000000.25"}}})
          .end());

  EXPECT_EQ(layer.text(deep), "x");
  EXPECT_EQ(layer.status(deep).st_mtim.tv_sec, 1'500'000'000);
  EXPECT_EQ(layer.status(deep).st_mtim.tv_nsec, 250'000'000);
}

TEST(Apply, ReadsGnuLongNames) {
  LayerFolder layer;
  const std::string deep = std::string(150, 'n');

  layer.apply(TarText()
                  .add({.path = "././@LongLink", .type = 'L', .body = deep + std::string(1, '\0')})
                  .file("cut", "x")
                  .end());

  EXPECT_EQ(layer.text(deep), "x");
}

TEST(Apply, MakesHolesOfSparseFiles) {
  LayerFolder layer;

  layer.apply(TarText()
                  .add({.path = "GNUSparseFile/s",
                        .body = "end!",
                        .pax = {{"GNU.sparse.major", "0"},
                                {"GNU.sparse.minor", "1"},
                                {"GNU.sparse.name", "s"},
                                {"GNU.sparse.size", "1048580"},
                                {"GNU.sparse.map", "1048576,4"}}})
                  .end());

  EXPECT_EQ(layer.status("s").st_size, 1'048'580);
  EXPECT_EQ(layer.text("s").substr(1'048'576), "end!");
  EXPECT_LT(layer.status("s").st_blocks * 512, 1'000'000);
}

TEST(Apply, TakesAnEmptyLayer) {
  LayerFolder layer;

  EXPECT_EQ(layer.refusal(""), "");
  EXPECT_EQ(layer.refusal(std::string(1024, '\0')), "");
  EXPECT_EQ(layer.refusal(TarText().file("no-end").unfinished()), "");
}

TEST(Apply, MakesFifos) {
  LayerFolder layer;

  layer.apply(TarText().add({.path = "pipe", .type = '6', .mode = 0640}).end());

  EXPECT_TRUE(S_ISFIFO(layer.status("pipe").st_mode));
  EXPECT_EQ(layer.status("pipe").st_mode & 07777U, 0640U);
}

TEST(Apply, ReadsToTheEndForTheDigest) {
  LayerFolder layer;
  TextSource source(TarText().file("f").end() + std::string(100'000, 'z'));

  tar::apply(source, sys::open_dir(layer.root()), {.squash_owners = true});

  EXPECT_EQ(source.read(), "");
}

}  // namespace
