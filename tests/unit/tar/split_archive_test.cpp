#include "storage/tar/split_archive.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "tests/support/split_text.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include <unistd.h>

namespace {

using support::TarText;
using testing::HasSubstr;

class SplitArchive : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "pod-split-" + std::to_string(::getpid());
    sys::make_dirs(folder_ + "/root");
  }
  void TearDown() override { sys::remove_tree(folder_); }

  // Leaves what a peer would: the files, and what tar-split says.
  void keep(const std::string& archive) {
    const support::Split split = support::split_tar(archive);
    for (const auto& [name, body] : split.files)
      write(name, body);
    keep_lines(split.lines);
  }
  void keep_lines(const std::string& lines) {
    sys::replace_file(folder_ + "/split.gz", support::gzip(lines));
  }
  void write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder_ + "/root/" + name;
    sys::make_dirs(path.parent_path());
    sys::replace_file(path, text);
  }
  std::string path(const std::string& name) const { return folder_ + "/root/" + name; }

  std::string given() const {
    tar::SplitArchive archive(folder_ + "/split.gz", folder_ + "/root");
    std::string bytes;
    for (std::string_view piece = archive.read(); !piece.empty(); piece = archive.read())
      bytes += piece;
    return bytes;
  }
  std::string complaint() const {
    try {
      given();
    } catch (const base::Error& error) {
      return error.what();
    }
    return "";
  }

 private:
  std::string folder_;
};

TEST_F(SplitArchive, GivesTheArchiveBack) {
  const std::string archive = TarText()
                                  .directory("d")
                                  .file("d/a", "one")
                                  .file("d/empty")
                                  .hardlink("d/b", "d/a")
                                  .symlink("l", "d")
                                  .file("d/.wh.gone")
                                  .file("big", std::string(700'000, 'b'))
                                  .end();

  keep(archive);

  EXPECT_EQ(given(), archive);
}

TEST_F(SplitArchive, FindsFilesBehindLinksOfTheSameLayer) {
  const std::string archive =
      TarText().directory("usr").symlink("lib", "usr").file("lib/a", "one").end();
  keep(archive);
  std::filesystem::remove_all(path("lib"));
  write("usr/a", "one");
  std::filesystem::create_symlink("/usr", path("lib"));

  EXPECT_EQ(given(), archive);
}

TEST_F(SplitArchive, NamesTheFileThatIsNotWhatItWas) {
  keep(TarText().file("d/a", "one").end());

  write("d/a", "two");
  EXPECT_THAT(complaint(), HasSubstr("d/a: it is not what it was"));
  write("d/a", "three");
  EXPECT_THAT(complaint(), HasSubstr("d/a: it has another size"));
  std::filesystem::remove(path("d/a"));
  EXPECT_THAT(complaint(), HasSubstr("d/a: "));
  std::filesystem::create_symlink("/etc/passwd", path("d/a"));
  EXPECT_THAT(complaint(), HasSubstr("d/a: "));
}

TEST_F(SplitArchive, RefusesWhatIsNoTarSplit) {
  for (const char* lines :
       {"no json\n", "[]\n", R"({"type":7})", R"({"type":2,"payload":"?"})",
        R"({"type":1,"name":"a","size":-1})", R"({"type":1,"name":"../a","size":1,"payload":""})",
        R"({"type":1,"name":"a/b","size":1,"payload":""})"}) {
    keep_lines(lines);

    EXPECT_NE(complaint(), "") << lines;
  }
}

}  // namespace
