#include "pkg/base/text.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/size.hpp"

#include <gtest/gtest.h>

#include <array>

namespace {

TEST(Text, SplitsIntoPartsThatMayBeEmpty) {
  EXPECT_EQ(base::split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
}

TEST(Text, SuggestsTheNearestWord) {
  const std::array<std::string, 2> candidates = {"livenessProbe", "readinessProbe"};

  EXPECT_EQ(base::suggest("livenesProbe", candidates), "livenessProbe");
  EXPECT_EQ(base::suggest("command", candidates), std::nullopt);
  EXPECT_EQ(base::suggest("rnu", std::array<std::string, 2>{"run", "rm"}), "run");
}

TEST(Text, QuotesForAShell) {
  EXPECT_EQ(base::shell_quote("a b'c"), R"('a b'\''c')");
  EXPECT_EQ(base::shell_quote("--name=x"), "--name=x");
}

TEST(Size, CountsInPowersOf1024) {
  EXPECT_EQ(base::parse_size("64m"), 64LL << 20U);
  EXPECT_EQ(base::parse_size("1.5GiB"), 3LL << 29U);
  EXPECT_THROW(base::parse_size("64x"), base::Error);
}

TEST(Size, PrintsInPowersOf1000) {
  EXPECT_EQ(base::human_size(0), "0 B");
  EXPECT_EQ(base::human_size(12'345'678), "12.35 MB");
}

}  // namespace
