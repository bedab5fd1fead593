#include "pkg/transfer/copy_place.hpp"

#include "pkg/base/error.hpp"

#include <gtest/gtest.h>

namespace {

using transfer::parse_copy_place;

TEST(CopyPlace, IsInAContainerOrOnTheHost) {
  const struct {
    const char* text;
    const char* container;
    const char* path;
  } cases[] = {
      {"web:/etc", "web", "/etc"},
      {"web:a:b", "web", "a:b"},
      {"/a:b", "", "/a:b"},
      {"./a:b", "", "./a:b"},
      {"plain", "", "plain"},
      {"sub/a:b", "", "sub/a:b"},
      {"-", "", "-"},
      {"../x:y", "", "../x:y"},
  };
  for (const auto& [text, container, path] : cases) {
    EXPECT_EQ(parse_copy_place(text).container, container) << text;
    EXPECT_EQ(parse_copy_place(text).path, path) << text;
  }
  for (const char* text : {"", ":/etc", "web:"}) {
    EXPECT_THROW(parse_copy_place(text), base::Error) << text;
  }
}

TEST(CopyPlace, MayMeanWhatIsInADirectory) {
  for (const char* text : {"a/.", ".", "./", "/", "web:/", "web:/etc/.", "a/./"}) {
    EXPECT_TRUE(parse_copy_place(text).means_contents()) << text;
  }
  for (const char* text : {"a", "a/", "a.", "..", "a/..", "web:.a"}) {
    EXPECT_FALSE(parse_copy_place(text).means_contents()) << text;
  }
}

TEST(CopyPlace, HasANameWithoutSlashes) {
  EXPECT_EQ(parse_copy_place("a/b/c").base_name(), "c");
  EXPECT_EQ(parse_copy_place("a/b/c//").base_name(), "c");
  EXPECT_EQ(parse_copy_place("web:c").base_name(), "c");
}

}  // namespace
