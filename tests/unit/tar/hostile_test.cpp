// Each way out of a layer that archives have been found to try.
#include "pkg/sys/file.hpp"
#include "tests/support/tar_text.hpp"
#include "tests/unit/tar/unpacked.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/statvfs.h>

namespace {

using support::TarText;
using testing::HasSubstr;

TEST(HostileArchive, CannotClimbOut) {
  for (const std::string path : {"../outside/secret", "a/../../outside/secret", "..", "a/.."}) {
    LayerFolder layer;

    EXPECT_THAT(layer.refusal(TarText().file(path, "x").end()), HasSubstr("out of the layer"));

    EXPECT_TRUE(layer.is_outside_untouched()) << path;
  }
}

TEST(HostileArchive, HasItsAbsolutePathsInsideTheLayer) {
  LayerFolder layer;

  layer.apply(TarText().file(layer.outside() + "/secret", "x").end());

  EXPECT_EQ(layer.text(layer.outside() + "/secret"), "x");
  EXPECT_TRUE(layer.is_outside_untouched());
}

TEST(HostileArchive, CannotWriteThroughALinkToTheOutside) {
  for (const std::string target : {"../outside", "../../../../../../../../../tmp", "/"}) {
    LayerFolder layer;
    const std::string leads = target == "/" ? layer.outside() : target;

    layer.refusal(TarText().symlink("way", leads).file("way/secret", "x").file("way/new").end());

    EXPECT_TRUE(layer.is_outside_untouched()) << target;
  }
}

TEST(HostileArchive, CannotOverwriteTheTargetOfALink) {
  LayerFolder layer;

  layer.apply(TarText().symlink("f", "../outside/secret").file("f", "x").end());

  EXPECT_EQ(layer.text("f"), "x");
  EXPECT_TRUE(layer.is_outside_untouched());
}

TEST(HostileArchive, CannotChangeTheModeOfALinksTarget) {
  LayerFolder layer;

  layer.apply(TarText().directory("d", 0777).symlink("d", layer.outside()).end());
  layer.apply(TarText().symlink("e", layer.outside()).directory("e", 0777).end());

  EXPECT_TRUE(layer.is_outside_untouched());
}

TEST(HostileArchive, CannotLinkToTheOutside) {
  LayerFolder layer;

  EXPECT_NE(layer.refusal(TarText().hardlink("h", "../outside/secret").end()), "");
  EXPECT_NE(layer.refusal(TarText().hardlink("h", layer.outside() + "/secret").end()), "");
  EXPECT_NE(
      layer.refusal(TarText().symlink("way", layer.outside()).hardlink("h", "way/secret").end()),
      "");
  EXPECT_NE(layer.refusal(TarText().symlink("w2", "../outside").hardlink("h", "w2/secret").end()),
            "");

  EXPECT_TRUE(layer.is_outside_untouched());
}

TEST(HostileArchive, CannotRemoveThroughAWhiteout) {
  LayerFolder layer;

  layer.refusal(TarText().symlink("way", layer.outside()).file("way/.wh.secret").end());
  layer.refusal(TarText().file(".wh..").end());
  layer.refusal(TarText().file(".wh...").end());
  layer.refusal(TarText().symlink("opq", layer.outside()).file("opq/.wh..wh..opq").end());

  EXPECT_TRUE(layer.is_outside_untouched());
}

TEST(HostileArchive, CannotGrowALinkIntoAParent) {
  LayerFolder layer;

  layer.refusal(TarText()
                    .directory("d")
                    .file("d/x")
                    .symlink("d", layer.outside())
                    .file("d/secret", "x")
                    .end());

  EXPECT_TRUE(layer.is_outside_untouched());
}

TEST(HostileArchive, CannotForgeAttributesOfOverlay) {
  LayerFolder layer;

  layer.apply(TarText()
                  .add({.path = "d",
                        .type = '5',
                        .mode = 0755,
                        .pax = {{"SCHILY.xattr.user.overlay.redirect", "/etc"},
                                {"SCHILY.xattr.user.overlay.opaque", "y"},
                                {"SCHILY.xattr.user.containers.override_stat", "0:0:4755"},
                                {"SCHILY.xattr.trusted.overlay.opaque", "y"},
                                {"SCHILY.xattr.security.selinux", "x"},
                                {"SCHILY.xattr.user.kept", "yes"}}})
                  .end());

  EXPECT_EQ(layer.xattr("d", "user.overlay.redirect"), "");
  EXPECT_EQ(layer.xattr("d", "user.overlay.opaque"), "");
  EXPECT_EQ(layer.xattr("d", "user.containers.override_stat"), "");
  EXPECT_EQ(layer.xattr("d", "user.kept"), "yes");
}

TEST(HostileArchive, MayClaimAnySizeInVain) {
  LayerFolder layer;

  EXPECT_NE(layer.refusal(TarText().add({.path = "f", .body = "x", .size = 8'000'000'000}).end()),
            "");
  EXPECT_NE(layer.refusal(TarText()
                              .add({.path = "GNUSparseFile/s",
                                    .body = "x",
                                    .pax = {{"GNU.sparse.major", "0"},
                                            {"GNU.sparse.minor", "1"},
                                            {"GNU.sparse.name", "s"},
                                            {"GNU.sparse.size", "9000000000000000000"},
                                            {"GNU.sparse.map", "0,1"}}})
                              .end()),
            "");
}

TEST(HostileArchive, IsRefusedWhenCutOrGarbage) {
  LayerFolder layer;
  const std::string archive = TarText().file("f", std::string(5000, 'x')).end();

  EXPECT_NE(layer.refusal(archive.substr(0, 3000)), "");
  EXPECT_NE(layer.refusal(archive.substr(0, 300)), "");
  EXPECT_NE(layer.refusal(std::string(4096, 'g')), "");
  EXPECT_NE(layer.refusal("{}"), "");
}

TEST(HostileArchive, CannotSpeakToTheTerminalThroughItsNames) {
  LayerFolder layer;

  const std::string refusal =
      layer.refusal(TarText().file("../a\x1b[31m\n" + std::string(80, 'x')).end());

  EXPECT_NE(refusal.find("../a\\x1b[31m\\x0ax"), std::string::npos) << refusal;
  EXPECT_EQ(refusal.find('\x1b'), std::string::npos);
}

TEST(HostileArchive, CannotMakeItsRootAFile) {
  LayerFolder layer;

  EXPECT_NE(layer.refusal(TarText().file(".", "x").end()), "");
  EXPECT_NE(layer.refusal(TarText().symlink("/", "/etc").end()), "");
  EXPECT_NE(layer.refusal(TarText().file("f").hardlink("h", "/").end()), "");
}

TEST(HostileArchive, CannotHaveEndlessPaths) {
  LayerFolder layer;
  std::string path;
  while (path.size() < 6000)
    path += "d/";

  EXPECT_NE(layer.refusal(TarText().add({.path = "x", .pax = {{"path", path + "f"}}}).end()), "");
}

// What a bomb is made of, each with the limit that it meets; beside them there is the disk's room.
TEST(HostileArchive, CannotBeEndless) {
  const std::string much(100'000, '\0');
  TarText members;
  TarText folders;
  TarText pax;
  for (int i = 0; i < 100; ++i) {
    members.file(std::to_string(i));
    folders.directory("the same folder again and again");
    pax.add({.path = "f", .pax = {{"comment", std::string(1000, 'x')}}});
  }
  const std::string one = TarText().file("f", "x").end();
  const std::pair<std::string, const char*> cases[] = {
      {members.end(), "more than 50 members"},
      {folders.end(), "names have more than 1 kB"},
      {pax.end(), "around its files"},
      {one + much, "around its files"},
      {TarText().add({.path = "other", .type = 'Z', .body = much}).end(), "around its files"},
      {TarText().add({.path = ".wh.gone", .body = much}).end(), "around its files"},
  };
  for (const auto& [archive, refusal] : cases) {
    LayerFolder layer;
    layer.limits.around = 90'000;
    layer.limits.members = refusal[0] == 'm' ? 50 : 1000;
    layer.limits.names = 1000;

    EXPECT_THAT(layer.refusal(archive), HasSubstr(refusal));
  }
  LayerFolder layer;
  layer.limits.around = 90'000;
  EXPECT_EQ(layer.refusal(TarText().file("large", much).end()), "");
}

TEST(HostileArchive, ClaimsNoMoreThanTheDiskHas) {
  struct statvfs disk {};
  LayerFolder layer;
  ASSERT_EQ(::statvfs(layer.path().c_str(), &disk), 0);
  constexpr std::int64_t kMost = std::int64_t{1} << 40U;
  if (static_cast<std::int64_t>(disk.f_bavail * disk.f_frsize) >= kMost) GTEST_SKIP() << "1 TiB";

  EXPECT_THAT(layer.refusal(
                  TarText().add({.path = "bomb", .pax = {{"size", std::to_string(kMost)}}}).end()),
              HasSubstr("bomb: its 1.1 TB do not fit"));
}

}  // namespace
