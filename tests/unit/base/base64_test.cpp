#include "pkg/base/base64.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace {

const std::pair<std::string, std::string> kExamples[] = {
    // RFC 4648, section 10
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xff\xfe", "//4="},
};

TEST(Base64, EncodesTheStandardsExamples) {
  for (const auto& [bytes, text] : kExamples) {
    EXPECT_EQ(base::base64_encode(bytes), text);
  }
}

TEST(Base64, DecodesTheStandardsExamples) {
  for (const auto& [bytes, text] : kExamples) {
    EXPECT_EQ(base::base64_decode(text), bytes) << text;
  }
}

TEST(Base64, TakesLineEndsAndMissingPadding) {
  EXPECT_EQ(base::base64_decode("Zm9v\r\nYg"), "foob");
}

TEST(Base64, RefusesWhatIsNot) {
  for (const char* text : {"Zm 9v", "Zm9v=Zg", "Z", "Zm9vY", "Zm-_"}) {
    EXPECT_FALSE(base::base64_decode(text)) << text;
  }
}

}  // namespace
