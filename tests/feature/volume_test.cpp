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
