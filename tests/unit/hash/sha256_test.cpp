#include "pkg/hash/sha256.hpp"

#include "pkg/base/error.hpp"

#include <gtest/gtest.h>

namespace {

constexpr auto kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr auto kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, KnowsTheStandardsExamples) {
  EXPECT_EQ(hash::sha256(""), kEmpty);
  EXPECT_EQ(hash::sha256("abc"), kAbc);
}

TEST(Sha256, DoesNotCareHowBytesArrive) {
  hash::Sha256 hasher;

  hasher.update("a");
  hasher.update("");
  hasher.update("bc");

  EXPECT_EQ(hasher.finish(), kAbc);
}

TEST(Sha256, BeginsAnewAfterFinish) {
  hash::Sha256 hasher;
  hasher.update("something else");
  hasher.finish();

  hasher.update("abc");

  EXPECT_EQ(hasher.finish(), kAbc);
}

TEST(Sha512, KnowsTheStandardsExample) {
  EXPECT_EQ(hash::sha512("abc"),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Hasher, RefusesAlgorithmsThatDigestsMayNotName) {
  EXPECT_THROW(hash::Hasher("md5"), base::Error);
}

}  // namespace
