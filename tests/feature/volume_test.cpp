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
