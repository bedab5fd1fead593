// What is unpacked gives the archive back: `LayerFolder::apply` compares them, whatever is tried.
#include "storage/tar/outline.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"
#include "storage/tar/layer_archive.hpp"
#include "tests/support/tar_text.hpp"
#include "tests/unit/tar/unpacked.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

namespace {

using support::TarText;

TEST(Outline, GivesBackFilesThatWereReplaced) {
  LayerFolder layer;

  layer.apply(TarText().file("f", "first").file("g", "x").file("f", "second").file("f").end());

  EXPECT_EQ(layer.text("f"), "");
}

TEST(Outline, GivesBackFilesBelowDirectoriesThatWereReplaced) {
  LayerFolder layer;

  layer.apply(TarText()
                  .file("d/e/f", "first")
                  .symlink("d", "elsewhere")
                  .file("elsewhere/e/f", "other")
                  .file("d/e/f", "second")
                  .end());

  EXPECT_EQ(layer.text("elsewhere/e/f"), "second");
}

TEST(Outline, GivesBackFilesThatHaveOtherNamesStill) {
  LayerFolder layer;

  layer.apply(TarText().file("f", "first").hardlink("g", "f").file("f", "second").end());

  EXPECT_EQ(layer.text("g"), "first");
  EXPECT_EQ(layer.text("f"), "second");
}

TEST(Outline, GivesBackBodiesOfWhatHasNoFile) {
  LayerFolder layer;

  layer.apply(TarText()
                  .add({.path = ".wh..wh.plnk", .body = "aufs"})
                  .add({.path = "unknown", .type = 'Z', .body = std::string(700, 'z')})
                  .file("f", std::string(1024, 'f'))
                  .end() +
              "behind the end");

  EXPECT_FALSE(layer.exists("unknown"));
}

TEST(Outline, GivesBackArchivesWithoutAnEnd) {
  LayerFolder layer;

  layer.apply(TarText().file("f", "x").unfinished());
  layer.apply(TarText().file("g", "x").unfinished() + std::string(512, '\0'));
  layer.apply("");
}

TEST(Outline, GivesBackWhatGnuTarWrites) {
  for (const std::string format : {"gnu", "oldgnu", "pax", "ustar", "v7"}) {
    LayerFolder layer;
    LayerFolder made;
    const std::string name(90, 'n');
    const bool is_long = format == "gnu" || format == "pax";
    sys::create_file(made.root() + "/" + name, "short enough");
    if (is_long) sys::create_file(made.root() + "/" + std::string(200, 'l'), "a long name");
    sys::create_file(made.root() + "/sparse", "x");
    ASSERT_EQ(::truncate((made.root() + "/sparse").c_str(), 1 << 20), 0);

    std::vector<std::string> words{"tar", "--format=" + format,  "-C", made.root(),
                                   "-cf", made.path() + "/a.tar"};
    if (format != "ustar" && format != "v7") words.emplace_back("--sparse");
    words.emplace_back(".");
    ASSERT_EQ(sys::Child::spawn(words, {}).wait(), 0);
    layer.apply(sys::read_file(made.path() + "/a.tar"));

    EXPECT_EQ(layer.text(name), "short enough") << format;
    EXPECT_EQ(layer.text("sparse"), "x" + std::string((1 << 20) - 1, '\0')) << format;
    EXPECT_EQ(layer.exists(std::string(200, 'l')), is_long);
  }
}

TEST(Outline, SaysWhichFileIsNotWhatItWas) {
  LayerFolder layer;
  layer.apply(TarText().file("d/f", "text").end());
  tar::LayerArchive archive(layer.beside() + "/0", layer.root());

  sys::replace_file(layer.root() + "/d/f", "other text");

  try {
    while (!archive.read().empty()) {
    }
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_STREQ(error.what(), "d/f: it has another size than it had");
  }
}

}  // namespace
