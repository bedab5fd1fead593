#include "pkg/transfer/archive.hpp"

#include "pkg/base/error.hpp"
#include "pkg/home/home.hpp"
#include "pkg/sys/file.hpp"
#include "tests/support/tar_text.hpp"
#include "tests/unit/transfer/folder.hpp"

#include <gtest/gtest.h>

namespace {

using support::TarText;

storage::Layout layout_in(const Folder& folder) {
  home::Home home;
  home.data = folder.path() + "/data";
  storage::Layout layout(home);
  layout.prepare();
  return layout;
}

std::unique_ptr<transfer::Files> files_of(const Folder& folder, const std::string& bytes) {
  const std::string path = folder.path() + "/archive";
  sys::replace_file(path, bytes);
  return transfer::open_files(path, layout_in(folder));
}

TEST(Archive, FindsItsFilesWhateverTheirCompression) {
  const Folder folder;
  const std::string tar =
      TarText().directory("./a").file("./a/one", "1").file("two", std::string(9000, '2')).end();
  for (const std::string& bytes : {tar, support::gzip(tar), support::zstd(tar)}) {
    const auto files = files_of(folder, bytes);

    EXPECT_EQ(files->read("a/one"), "1");
    EXPECT_EQ(files->read("two").size(), 9000U);
    EXPECT_EQ(files->find("three"), nullptr);
    EXPECT_THROW(files->read("three"), base::Error);
  }
}

TEST(Archive, FollowsLinksBetweenItsFiles) {
  const Folder folder;
  const auto files = files_of(folder, TarText()
                                          .file("a/layer.tar", "layer")
                                          .symlink("b/layer.tar", "../a/layer.tar")
                                          .hardlink("c", "a/layer.tar")
                                          .symlink("x", "y")
                                          .symlink("y", "x")
                                          .symlink("nowhere", "z")
                                          .end());

  EXPECT_EQ(files->read("b/layer.tar"), "layer");
  EXPECT_EQ(files->read("c"), "layer");
  EXPECT_EQ(files->find("nowhere"), nullptr);
  EXPECT_THROW(files->find("x"), base::Error);
}

TEST(Archive, MayBeAFolder) {
  const Folder folder;
  sys::make_dirs(folder.path() + "/oci/blobs");
  sys::create_file(folder.path() + "/oci/blobs/x", "1");
  sys::make_link("/etc/passwd", folder.path() + "/oci/blobs/way-out");
  const auto files = transfer::open_files(folder.path() + "/oci", layout_in(folder));

  EXPECT_EQ(files->read("blobs/x"), "1");
  EXPECT_EQ(files->find("blobs/y"), nullptr);
  EXPECT_EQ(files->find("blobs/way-out"), nullptr);
}

TEST(Archive, IsRefusedWhenItIsNone) {
  const Folder folder;

  EXPECT_THROW(files_of(folder, std::string(2000, 'g')), base::Error);
  EXPECT_THROW(files_of(folder, TarText().file("../x").end()), base::Error);
  EXPECT_THROW(files_of(folder, TarText().file("x", std::string(5000, 'x')).end().substr(0, 3000)),
               base::Error);
  EXPECT_THROW(transfer::open_files(folder.path() + "/none", layout_in(folder)), base::Error);
}

}  // namespace
