// What an overlay makes of a layer: whiteouts, opaque directories, owners. Root of a user namespace
// may make them, so these run in one.
#include "tests/support/tar_text.hpp"
#include "tests/unit/tar/unpacked.hpp"

#include <gtest/gtest.h>

namespace {

using support::TarText;

bool is_whiteout(const struct stat& status) {
  return S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

TEST(Layer, TurnsWhiteoutsIntoOverlays) {
  const bool done = as_root([] {
    LayerFolder layer;

    layer.apply(TarText().directory("a").file("a/.wh.gone").file(".wh.all").end());

    EXPECT_TRUE(is_whiteout(layer.status("a/gone")));
    EXPECT_TRUE(is_whiteout(layer.status("all")));
    EXPECT_FALSE(layer.exists("a/.wh.gone"));
  });
  if (!done) GTEST_SKIP() << "no user namespaces here";
}

TEST(Layer, MarksOpaqueDirectories) {
  const bool done = as_root([] {
    LayerFolder layer;

    layer.apply(TarText().directory("a").file("a/.wh..wh..opq").file("a/x").end());

    EXPECT_EQ(layer.xattr("a", "user.overlay.opaque"), "y");
    EXPECT_FALSE(layer.exists("a/.wh..wh..opq"));
    EXPECT_TRUE(layer.exists("a/x"));
  });
  if (!done) GTEST_SKIP() << "no user namespaces here";
}

TEST(Layer, LetsAnEntryFollowItsWhiteout) {
  const bool done = as_root([] {
    LayerFolder layer;

    layer.apply(TarText().file(".wh.f").file("f", "new").file(".wh.d").directory("d").end());

    EXPECT_EQ(layer.text("f"), "new");
    EXPECT_EQ(layer.xattr("d", "user.overlay.opaque"), "y");
  });
  if (!done) GTEST_SKIP() << "no user namespaces here";
}

TEST(Layer, KeepsWhatComesBeforeItsWhiteout) {
  const bool done = as_root([] {
    LayerFolder layer;

    layer.apply(TarText().file("f", "new").file(".wh.f").directory("d").file(".wh.d").end());

    EXPECT_EQ(layer.text("f"), "new");
    EXPECT_EQ(layer.xattr("d", "user.overlay.opaque"), "y");
  });
  if (!done) GTEST_SKIP() << "no user namespaces here";
}

TEST(Layer, LeavesDevicesAway) {
  const bool done = as_root([] {
    LayerFolder layer;

    layer.apply(TarText()
                    .add({.path = "null", .type = '3'})
                    .add({.path = "sda", .type = '4'})
                    .file("after")
                    .end());

    EXPECT_FALSE(layer.exists("null"));
    EXPECT_FALSE(layer.exists("sda"));
    EXPECT_TRUE(layer.exists("after"));
  });
  if (!done) GTEST_SKIP() << "no user namespaces here";
}

TEST(Layer, KeepsFileCapabilities) {
  const bool done = as_root([] {
    LayerFolder layer;
    const std::string net_raw("\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);

    layer.apply(TarText()
                    .add({.path = "ping",
                          .body = "program",
                          .pax = {{"SCHILY.xattr.security.capability", net_raw}}})
                    .end());

    EXPECT_EQ(layer.xattr("ping", "security.capability"), net_raw);
  });
  if (!done) GTEST_SKIP() << "no user namespaces here";
}

TEST(Layer, RefusesOwnersThatAreNotMapped) {
  if (::geteuid() == 0) GTEST_SKIP() << "every id is mapped for root";
  const bool done = as_root([] {
    LayerFolder layer;

    const std::string refusal = layer.refusal(TarText().add({.path = "f", .uid = 70'000}).end());

    EXPECT_NE(refusal.find("70000:0"), std::string::npos) << refusal;
  });
  if (!done) GTEST_SKIP() << "no user namespaces here";
}

}  // namespace
