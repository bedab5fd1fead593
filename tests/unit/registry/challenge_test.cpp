#include "pkg/registry/challenge.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(Challenge, ReadsABearerWithItsParameters) {
  const auto challenges = registry::parse_challenges(
      R"(Bearer realm="https://auth.docker.io/token",service="registry.docker.io",)"
      R"(scope="repository:library/alpine:pull,push")");

  ASSERT_EQ(challenges.size(), 1U);
  EXPECT_EQ(challenges[0].scheme, "bearer");
  EXPECT_EQ(challenges[0].parameter("realm"), "https://auth.docker.io/token");
  EXPECT_EQ(challenges[0].parameter("service"), "registry.docker.io");
  EXPECT_EQ(challenges[0].parameter("scope"), "repository:library/alpine:pull,push");
  EXPECT_EQ(challenges[0].parameter("error"), "");
}

TEST(Challenge, TellsSeveralSchemesInOneFieldApart) {
  const auto challenges = registry::parse_challenges(
      R"(Basic realm="a, \"b\"", BEARER Realm = "https://x/t" , service=plain, Negotiate)");

  ASSERT_EQ(challenges.size(), 3U);
  EXPECT_EQ(challenges[0].scheme, "basic");
  EXPECT_EQ(challenges[0].parameter("realm"), R"(a, "b")");
  EXPECT_EQ(challenges[1].scheme, "bearer");
  EXPECT_EQ(challenges[1].parameter("realm"), "https://x/t");
  EXPECT_EQ(challenges[1].parameter("service"), "plain");
  EXPECT_EQ(challenges[2].scheme, "negotiate");
}

TEST(Challenge, SurvivesNonsense) {
  for (const char* text : {"", " ", ",,,", "=", "\"", "a=", "Bearer realm=\"", "Bearer realm=\"\\",
                           "Negotiate YII=, Basic", "\xff\xfe=\x01", "Bearer =\"x\""}) {
    EXPECT_NO_THROW(registry::parse_challenges(text)) << text;
  }
}

TEST(Challenge, TakesTheFirstOfAParameterThatStandsTwice) {
  const auto challenges = registry::parse_challenges(R"(Bearer realm="first",realm="second")");

  ASSERT_EQ(challenges.size(), 1U);
  EXPECT_EQ(challenges[0].parameter("realm"), "first");
}

}  // namespace
