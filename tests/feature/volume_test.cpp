// Mounts: --volume, --mount, --tmpfs.
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <filesystem>

using ::testing::HasSubstr;

class Volume : public support::Home {};

TEST_F(Volume, ShowsAFolderOfTheHost) {
  write("folder/file", "text\n");
  const std::string folder = root() + "/folder";

  EXPECT_EQ(probe({"cat", "/data/file"}, {"-v", folder + ":/data"}).out, "text\n");
  EXPECT_EQ(probe({"write", "/data/new", "x"}, {"-v", folder + ":/data"}).status, 0);
  EXPECT_TRUE(std::filesystem::exists(folder + "/new"));
}

TEST_F(Volume, CanBeReadOnly) {
  write("folder/file", "text\n");
  const std::string folder = root() + "/folder";

  EXPECT_NE(probe({"write", "/data/new", "x"}, {"-v", folder + ":/data:ro"}).status, 0);
  EXPECT_NE(
      probe({"write", "/data/new", "x"}, {"--mount", "type=bind,src=" + folder + ",dst=/data,ro"})
          .status,
      0);
}

TEST_F(Volume, ShowsASingleFile) {
  const std::string file = write("file", "text\n");

  EXPECT_EQ(probe({"cat", "/etc/added"}, {"-v", file + ":/etc/added"}).out, "text\n");
}

TEST_F(Volume, NamesTheFolderThatIsMissing) {
  const auto result = probe({"print", "x"}, {"-v", root() + "/missing:/data"});

  EXPECT_EQ(result.status, 125) << result;
  EXPECT_THAT(result.err, HasSubstr("/missing"));
}

TEST_F(Volume, KeepsANamedOne) {
  EXPECT_EQ(probe({"write", "/data/file", "kept"}, {"-v", "store:/data"}).status, 0);
  EXPECT_EQ(probe({"cat", "/data/file"}, {"-v", "store:/data"}).out, "kept");
}

TEST_F(Volume, BelongsToTheContainersUserWhereTheImageHasNothing) {
  SKIP_FOR(support::why_no_ids());

  EXPECT_THAT(probe({"stat", "/fresh"}, {"--user", "1000:7", "-v", "store:/fresh"}).line(),
              HasSubstr(" 1000:7 "));
}

TEST_F(Volume, IsGivenToTheContainersUserWhenAsked) {
  SKIP_FOR(support::why_no_ids());
  const std::string folder = std::filesystem::path(write("folder/file", "text")).parent_path();

  const auto result =
      probe({"stat", "/data/file"}, {"--user", "1000:7", "-v", folder + ":/data:U"});

  EXPECT_THAT(result.line(), HasSubstr(" 1000:7 ")) << result;
  EXPECT_EQ(pod({"unshare", "chown", "-R", "0:0", folder}).status, 0);
}

TEST_F(Volume, MayBeNamedTwice) {
  const std::filesystem::path file = write("folder/file", "text");
  const std::string volume = file.parent_path().string() + ":/data";

  EXPECT_EQ(probe({"cat", "/data/file"}, {"-v", volume, "-v", volume}).out, "text");
  EXPECT_EQ(probe({"pid"}, {"-v", volume, "-v", "other:/data"}).status, 125);
}

TEST_F(Volume, IsATmpfsWhenAsked) {
  const auto result = probe({"write", "/scratch/file", "x", "cat", "/proc/mounts"},
                            {"--tmpfs", "/scratch:size=1m"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, HasSubstr(" /scratch tmpfs "));
  EXPECT_THAT(result.out, HasSubstr("size=1024k"));
}

TEST_F(Volume, IsMountedInsideTheContainerThoughALinkLeadsOut) {
  SKIP_FOR(support::why_no_shell());
  write("folder/file", "text\n");
  must({"run", "--rm", "--network", "none", "-v", "store:/store", image(), "ln", "-s", "/etc",
        "/store/link"});

  const auto result = probe({"cat", "/etc/made/file"},
                            {"-v", "store:/store", "-v", root() + "/folder:/store/link/made"});

  EXPECT_EQ(result.out, "text\n") << result;
  EXPECT_FALSE(std::filesystem::exists("/etc/made"));
}

TEST_F(Volume, IsWrittenOverWithoutBeingChanged) {
  write("folder/file", "text");
  const std::string folder = root() + "/folder";

  EXPECT_EQ(
      probe({"write", "/data/file", "new", "cat", "/data/file"}, {"-v", folder + ":/data:O"}).out,
      "new");
  EXPECT_EQ(probe({"cat", "/data/file"}, {"-v", folder + ":/data:O"}).out, "text");
  probe({"write", "/data/new", "x"}, {"-v", "store:/data:O"});
  EXPECT_EQ(probe({"ls", "/data"}, {"-v", "store:/data"}).out, "");
}

TEST_F(Volume, KeepsWhatIsWrittenOverItInAFolderOfTheUsers) {
  write("folder/file", "text");
  std::filesystem::create_directories(root() + "/upper");
  std::filesystem::create_directories(root() + "/work");
  const std::string options = ":O,upperdir=" + root() + "/upper,workdir=" + root() + "/work";

  probe({"write", "/data/file", "new"}, {"-v", root() + "/folder:/data" + options});

  EXPECT_TRUE(std::filesystem::exists(root() + "/upper/file"));
  EXPECT_EQ(pod({"unshare", "rm", "-rf", root() + "/work", root() + "/upper"}).status, 0);
}

TEST_F(Volume, MayBeAnImage) {
  image();
  const std::string mount = "type=image,source=" + image() + ",destination=/image";

  EXPECT_THAT(probe({"ls", "/image"}, {"--mount", mount}).out, HasSubstr("etc\n"));
  EXPECT_NE(probe({"write", "/image/new", "x"}, {"--mount", mount}).status, 0);
  EXPECT_EQ(
      probe({"write", "/image/new", "x", "cat", "/image/new"}, {"--mount", mount + ",rw=true"}).out,
      "x");
  EXPECT_THAT(probe({"ls", "/image"}, {"--mount", mount + ",subpath=/etc"}).out,
              HasSubstr("passwd\n"));
}

TEST_F(Volume, MayBeAllFilesThatFit) {
  write("folder/one", "1");
  write("folder/two", "2");

  const auto result = probe({"cat", "/data/one", "cat", "/data/two"},
                            {"--mount", "type=glob,src=" + root() + "/folder/*,dst=/data"});

  EXPECT_EQ(result.out, "12") << result;
}

TEST_F(Volume, MayBeARamfs) {
  const auto result = probe({"write", "/scratch/file", "x", "cat", "/proc/mounts"},
                            {"--mount", "type=ramfs,dst=/scratch"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, HasSubstr(" /scratch ramfs "));
}

TEST_F(Volume, IsNotMadeWhenItHasToBeThere) {
  EXPECT_EQ(probe({"pid"}, {"-v", "missing:/data:nocreate"}).status, 125);
  EXPECT_EQ(pod({"volume", "exists", "missing"}).status, 1);
}

TEST_F(Volume, ComesFromAnotherContainer) {
  must({"create", "--name", "maker", "-v", "store:/data", image(), "probe"});

  EXPECT_EQ(probe({"write", "/data/file", "x"}, {"--volumes-from", "maker"}).status, 0);
  EXPECT_NE(probe({"write", "/data/file", "x"}, {"--volumes-from", "maker:ro"}).status, 0);
  EXPECT_EQ(probe({"pid"}, {"--volumes-from", "maker:what"}).status, 125);
}
