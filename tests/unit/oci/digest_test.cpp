#include "pkg/oci/digest.hpp"

#include "pkg/base/error.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Digest, TellsAlgorithmAndHexApart) {
  const oci::Digest digest = oci::Digest::parse("sha256:" + std::string(64, 'a'));

  EXPECT_EQ(digest.algorithm(), "sha256");
  EXPECT_EQ(digest.hex(), std::string(64, 'a'));
}

TEST(Digest, RefusesWhatMustNotReachAPath) {
  const std::string cases[] = {"",
                               "sha256:",
                               "sha256:../../etc/passwd",
                               "md5:" + std::string(32, 'a'),
                               "sha256:" + std::string(63, 'a'),
                               "sha256:" + std::string(64, 'A'),
                               "sha256:" + std::string(65, 'a'),
                               std::string(64, 'a'),
                               "sha512:" + std::string(64, 'a')};
  for (const std::string& text : cases) {
    EXPECT_THROW(oci::Digest::parse(text), base::Error) << text;
  }
}

}  // namespace
