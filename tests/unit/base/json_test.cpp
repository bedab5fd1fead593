#include "pkg/base/json.hpp"

#include "pkg/base/error.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Json, KeepsTheOrderOfMembers) {
  const base::Json json = base::Json::parse(R"({"b": 1, "a": [true, null, 2.5, "x"]})");

  EXPECT_EQ(json.dump(), R"({"b":1,"a":[true,null,2.5,"x"]})");
}

TEST(Json, DoesNotEscapeHtml) {
  EXPECT_EQ(base::Json("<a&b>").dump(), "\"<a&b>\"");
}

TEST(Json, RefusesDuplicateMembers) {
  EXPECT_THROW(base::Json::parse(R"({"a": 1, "a": 2})"), base::Error);
}

TEST(Json, RefusesDeepNesting) {
  EXPECT_THROW(base::Json::parse(std::string(200, '[') + std::string(200, ']')), base::Error);
}

TEST(Json, NamesTheMemberOfTheWrongKind) {
  const base::Json json = base::Json::parse(R"({"port": "eighty"})");

  try {
    json.integer_or("port", 0);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_STREQ(error.what(), "port: expected an integer, found a string");
  }
}

TEST(Json, HasWholeNumbersOf64BitsWithoutASign) {
  const base::Json json = base::Json::parse("[18446744073709551615, 9223372036854775807]");

  EXPECT_EQ(json.as_array()[0].as_unsigned(), ~std::uint64_t{0});
  EXPECT_EQ(json.as_array()[1].as_integer(), INT64_MAX);
  EXPECT_EQ(json.dump(), "[18446744073709551615,9223372036854775807]");
  EXPECT_EQ(base::Json(~std::uint64_t{0}).dump(), "18446744073709551615");
  EXPECT_ANY_THROW(json.as_array()[0].as_integer());
  EXPECT_ANY_THROW(base::Json(-1).as_unsigned());
}

}  // namespace
