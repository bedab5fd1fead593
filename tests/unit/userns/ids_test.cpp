#include "pkg/userns/ids.hpp"

#include "pkg/base/error.hpp"

#include <gtest/gtest.h>

using userns::Extent;
using userns::Wish;

TEST(ContainersIds, OfASessionAreWhatTheyAre) {
  EXPECT_EQ(userns::outside_of({}, 7), 7U);
  EXPECT_EQ(userns::inside_of({}, 7), 7U);
}

TEST(ContainersIds, AreTranslatedBothWays) {
  const std::vector<Extent> kept = {{0, 1, 1000}, {1000, 0, 1}, {1001, 1001, 64536}};

  EXPECT_EQ(userns::outside_of(kept, 0), 1U);
  EXPECT_EQ(userns::outside_of(kept, 1000), 0U);
  EXPECT_EQ(userns::inside_of(kept, 1000), 999U);
  EXPECT_EQ(userns::inside_of(kept, 0), 1000U);
  EXPECT_EQ(userns::outside_of(kept, 70000), std::nullopt);
}

TEST(ContainersIds, AreCutWhereTheParentsExtentsEnd) {
  const std::vector<Extent> session = {{0, 1000, 1}, {1, 100000, 10}, {11, 200000, 10}};
  const std::vector<Extent> expected = {{0, 1, 10}, {10, 11, 10}};

  EXPECT_EQ(userns::cut({{0, 1, 20}}, session), expected);
  EXPECT_THROW(userns::cut({{0, 1, 21}}, session), base::Error);
}

TEST(ContainersIds, AreReadAsTheyAreWritten) {
  const std::vector<Extent> extents = {{0, 1, 1000}, {1000, 0, 1}};

  EXPECT_EQ(userns::extent_texts(extents), (std::vector<std::string>{"0:1:1000", "1000:0:1"}));
  EXPECT_EQ(userns::parse_extent_texts(userns::extent_texts(extents)), extents);
}

TEST(Wish, UnderstandsTheModesOfTheField) {
  EXPECT_EQ(Wish::parse("").kind, Wish::Kind::Session);
  EXPECT_EQ(Wish::parse("host").kind, Wish::Kind::Session);
  EXPECT_EQ(Wish::parse("nomap").kind, Wish::Kind::NoMap);
  const Wish wish = Wish::parse("keep-id:uid=5,gid=6,size=70");

  EXPECT_EQ(wish.kind, Wish::Kind::KeepId);
  EXPECT_EQ(wish.uid, 5U);
  EXPECT_EQ(wish.gid, 6U);
  EXPECT_EQ(wish.size, 70U);
}

TEST(Wish, RefusesWhatItDoesNotKnow) {
  for (const char* mode :
       {"keep", "keep-id:uid", "keep-id:uid=-1", "nomap:size=3", "auto:size=x"}) {
    EXPECT_THROW(Wish::parse(mode), base::Error) << mode;
  }
}

TEST(ContainersIds, CanBeAskedForOneByOne) {
  const home::Home home{.uid = ::getuid(), .gid = ::getgid()};
  const auto ids = userns::ids_for({"5:0", "0:@" + std::to_string(home.uid) + ":1"}, {}, home);

  EXPECT_EQ(ids.uids, (std::vector<Extent>{{5, 0, 1}, {0, 0, 1}}));
  EXPECT_THROW(userns::ids_for({"5"}, {}, home), base::Error);
  EXPECT_THROW(userns::ids_for({"0:4000000000"}, {}, home), base::Error);
}
