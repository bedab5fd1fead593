#include "pkg/userns/mapping.hpp"

#include "pkg/userns/subid.hpp"

#include <gtest/gtest.h>

namespace {

using userns::Extent;
using userns::SubordinateRange;

TEST(Subids, AreFoundByNameAndByNumber) {
  const char* file = "ann:100000:65536\n1000:300000:10\nbob:165536:65536\n";

  const std::vector<SubordinateRange> expected = {{100000, 65536}, {300000, 10}};
  EXPECT_EQ(userns::parse_subids(file, "ann", 1000), expected);
}

TEST(Subids, PassOverWhatCannotBeRead) {
  const char* file = "# ann\nann:x:1\nann:5\nann:1:0\nann:-1:5\nann:99999999999:1\nann:7:8";

  const std::vector<SubordinateRange> expected = {{7, 8}};
  EXPECT_EQ(userns::parse_subids(file, "ann", 1000), expected);
}

TEST(Subids, AreNoneWithoutTheFile) {
  EXPECT_TRUE(userns::read_subids("/no/such/file", "ann", 1000).empty());
}

TEST(Mapping, IsRepeatedExtentByExtent) {
  const std::vector<Extent> session = {{0, 1000, 1}, {1, 100000, 65536}};

  const std::vector<Extent> expected = {{0, 0, 1}, {1, 1, 65536}};
  EXPECT_EQ(userns::repeat(session), expected);
}

TEST(Mapping, IsWrittenAndReadAsTheKernelDoes) {
  const std::vector<Extent> extents = {{0, 1000, 1}, {1, 100000, 65536}};

  EXPECT_EQ(userns::map_text(extents), "0 1000 1\n1 100000 65536\n");
  EXPECT_EQ(userns::parse_map("         0       1000          1\n 1 100000 65536\n"), extents);
}

TEST(Mapping, HasTheSizeThatBothKindsOfIdsReach) {
  const userns::Mapping mapping{{{0, 1000, 1}, {1, 100000, 65536}}, {{0, 1000, 1}, {1, 5, 10}}, ""};

  EXPECT_EQ(mapping.size(), 11U);
}

TEST(Mapping, OfOneIdSaysWhy) {
  home::Home home;
  home.uid = 1234;
  home.gid = 1235;

  const userns::Mapping mapping = userns::single_mapping(home, "no entry");

  EXPECT_TRUE(mapping.is_single());
  EXPECT_EQ(mapping.size(), 1U);
  EXPECT_EQ(map_text(mapping.gids), "0 1235 1\n");
}

TEST(Mapping, OfAStrangerIsHisIdAlone) {
  home::Home home;
  home.user = "nobody-of-this-name";
  home.uid = 4000000;

  const userns::Mapping mapping = userns::mapping_of(home);

  EXPECT_TRUE(mapping.is_single());
  EXPECT_NE(mapping.reason.find("usermod --add-subuids"), std::string::npos);
}

}  // namespace
