#include "pkg/oci/platform.hpp"

#include "pkg/base/error.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace {

TEST(Platform, IsReadAsUsersWriteIt) {
  const std::pair<const char*, const char*> cases[] = {
      {"arm64", "linux/arm64"},           {"linux/amd64", "linux/amd64"},
      {"x86_64", "linux/amd64"},          {"linux/arm/v7", "linux/arm/v7"},
      {"linux/aarch64", "linux/arm64"},   {"armhf", "linux/arm/v7"},
      {"windows/amd64", "windows/amd64"}, {"Linux/ARM64/V8", "linux/arm64/v8"},
  };
  for (const auto& [typed, complete] : cases) {
    EXPECT_EQ(oci::Platform::parse(typed).text(), complete) << typed;
  }
  EXPECT_EQ(oci::Platform::parse("linux"), oci::Platform::host());
}

TEST(Platform, RefusesOtherShapes) {
  for (const char* text : {"", "/", "linux/", "linux/arm/v7/x", "//"}) {
    EXPECT_THROW(oci::Platform::parse(text), base::Error) << text;
  }
}

TEST(Platform, RunsOlderVariantsButNotNewerOnes) {
  const oci::Platform v7 = oci::Platform::parse("linux/arm/v7");

  EXPECT_GT(oci::rank(oci::Platform::parse("linux/arm/v7"), v7),
            oci::rank(oci::Platform::parse("linux/arm/v6"), v7));
  EXPECT_GT(oci::rank(oci::Platform::parse("linux/arm/v6"), v7),
            oci::rank(oci::Platform::parse("linux/arm/v5"), v7));
  EXPECT_EQ(oci::rank(oci::Platform::parse("linux/arm/v8"), v7), -1);
  EXPECT_EQ(oci::rank(oci::Platform::parse("linux/arm64"), v7), -1);
}

TEST(Platform, TakesArm64WithAndWithoutItsVariantForTheSame) {
  EXPECT_GT(oci::rank(oci::Platform::parse("linux/arm64/v8"), oci::Platform::parse("arm64")), 0);
  EXPECT_GT(oci::rank(oci::Platform::parse("arm64"), oci::Platform::parse("linux/arm64/v8")), 0);
}

TEST(Platform, PrefersPlainAmd64) {
  const oci::Platform amd64 = oci::Platform::parse("amd64");

  EXPECT_GT(oci::rank(amd64, amd64), oci::rank(oci::Platform::parse("linux/amd64/v2"), amd64));
  EXPECT_GT(
      oci::rank(oci::Platform::parse("linux/amd64/v2"), oci::Platform::parse("linux/amd64/v3")),
      oci::rank(amd64, oci::Platform::parse("linux/amd64/v3")));
}

}  // namespace
