#include "pkg/base/time.hpp"

#include "pkg/base/error.hpp"

#include <gtest/gtest.h>

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Time, ReadsRfc3339WithOffsets) {
  EXPECT_EQ(base::parse_rfc3339("1970-01-01T01:00:01.5+01:00"), 1'500'000'000);
  EXPECT_EQ(base::parse_rfc3339("1970-01-01T00:00:01Z"), 1'000'000'000);
}

TEST(Time, EndsWhereNanosecondsEnd) {
  EXPECT_LT(base::parse_rfc3339("0001-01-01T00:00:00Z"),
            base::parse_rfc3339("1700-01-01T00:00:00Z"));
  EXPECT_GT(base::parse_rfc3339("9999-12-31T23:59:59Z"),
            base::parse_rfc3339("2200-01-01T00:00:00Z"));
}

TEST(Time, WritesNanoseconds) {
  EXPECT_EQ(base::rfc3339_utc(1'500'000'000), "1970-01-01T00:00:01.5Z");
  EXPECT_EQ(base::rfc3339_utc(10'000'000'000), "1970-01-01T00:00:10Z");
  EXPECT_EQ(base::go_utc(1'500'000'000), "1970-01-01 00:00:01.5 +0000 UTC");
}

TEST(Time, WritesWhatWasBefore1970) {
  EXPECT_EQ(base::rfc3339_utc(-500'000'000), "1969-12-31T23:59:59.5Z");
  EXPECT_EQ(base::parse_rfc3339("1969-12-31T23:59:59.5Z"), -500'000'000);
}

TEST(Time, ReadsGoDurations) {
  EXPECT_EQ(base::parse_duration("1h30m"), minutes(90));
  EXPECT_EQ(base::parse_duration("1.5s"), milliseconds(1500));
  EXPECT_THROW(base::parse_duration("5 minutes"), base::Error);
}

TEST(Time, TellsDurationsAsPeopleDo) {
  EXPECT_EQ(base::human_duration(seconds(59)), "59 seconds");
  EXPECT_EQ(base::human_duration(minutes(90)), "2 hours");
}

}  // namespace
