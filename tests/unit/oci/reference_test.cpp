#include "pkg/oci/reference.hpp"

#include "pkg/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace {

const std::string kDigest = "sha256:" + std::string(64, '0');

TEST(Reference, CompletesShortNames) {
  const std::pair<std::string, std::string> cases[] = {
      {"alpine", "docker.io/library/alpine:latest"},
      {"alpine:3.19", "docker.io/library/alpine:3.19"},
      {"library/alpine", "docker.io/library/alpine:latest"},
      {"user/app:v1", "docker.io/user/app:v1"},
      {"docker.io/alpine", "docker.io/library/alpine:latest"},
      {"index.docker.io/a/b", "docker.io/a/b:latest"},
      {"docker://quay.io/app:1", "quay.io/app:1"},
      {"quay.io/a/b/c", "quay.io/a/b/c:latest"},
      {"localhost/app", "localhost/app:latest"},
      {"localhost:5000/app", "localhost:5000/app:latest"},
      {"[::1]:5000/app:2", "[::1]:5000/app:2"},
      {"127.0.0.1:5000/a__b/c-d.e", "127.0.0.1:5000/a__b/c-d.e:latest"},
      {"alpine@" + kDigest, "docker.io/library/alpine@" + kDigest},
      {"alpine:3@" + kDigest, "docker.io/library/alpine@" + kDigest},
  };
  for (const auto& [typed, complete] : cases) {
    EXPECT_EQ(oci::Reference::parse(typed).text(), complete) << typed;
  }
}

TEST(Reference, RefusesWhatIsNoName) {
  const std::string cases[] = {"",
                               "Alpine",
                               "a//b",
                               "a/",
                               "/a",
                               "a:",
                               "a:b c",
                               "a@sha256:12",
                               "-a",
                               "a..b",
                               "a___b",
                               "a_",
                               "quay.io/",
                               "a:" + std::string(129, 'x'),
                               std::string(64, 'a'),
                               "a/../b",
                               "q.io:port/a",
                               "[::1/a",
                               std::string(300, 'a'),
                               "a b",
                               "a\n"};
  for (const std::string& text : cases) {
    EXPECT_THROW(oci::Reference::parse(text), base::Error) << text;
  }
}

TEST(Reference, SaysWhyItRefuses) {
  try {
    oci::Reference::parse("Alpine");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("lower case"));
  }
}

}  // namespace
