#include "storage/tar/whiteout.hpp"

#include "pkg/base/error.hpp"

#include <gtest/gtest.h>

namespace {

using Kind = tar::Whiteout::Kind;

TEST(Whiteout, IsToldByItsName) {
  EXPECT_EQ(tar::parse_whiteout("file").kind, Kind::None);
  EXPECT_EQ(tar::parse_whiteout(".wh").kind, Kind::None);
  EXPECT_EQ(tar::parse_whiteout(".wh.file").kind, Kind::Hides);
  EXPECT_EQ(tar::parse_whiteout(".wh.file").hidden, "file");
  EXPECT_EQ(tar::parse_whiteout(".wh..hidden").hidden, ".hidden");
  EXPECT_EQ(tar::parse_whiteout(".wh..wh..opq").kind, Kind::Opaque);
  EXPECT_EQ(tar::parse_whiteout(".wh..wh.plnk").kind, Kind::Ignored);
}

TEST(Whiteout, RefusesToHideWhatIsNoName) {
  for (const char* name : {".wh.", ".wh..", ".wh..."}) {
    EXPECT_THROW(tar::parse_whiteout(name), base::Error) << name;
  }
}

}  // namespace
