#include "storage/partial_blob.hpp"

#include "pkg/sys/file.hpp"
#include "storage/trash.hpp"
#include "tests/unit/storage/store.hpp"

#include <gtest/gtest.h>

#include <optional>

#include <utime.h>

namespace {

constexpr auto kDigest = "sha256:0123";

TEST(PartialBlob, IsTakenUpAgain) {
  const TemporaryHome temporary;
  { storage::PartialBlob(temporary.layout(), kDigest).append("one"); }

  storage::PartialBlob again(temporary.layout(), kDigest);
  EXPECT_EQ(again.size(), 3);
  again.append("two");

  EXPECT_EQ(again.size(), 6);
  EXPECT_EQ(sys::read_all(again.open()), "onetwo");
}

TEST(PartialBlob, IsNothingWhereNothingWasKept) {
  const TemporaryHome temporary;

  EXPECT_EQ(storage::PartialBlob(temporary.layout(), kDigest).size(), 0);

  storage::remove_partial_blob(temporary.layout(), kDigest);
  EXPECT_TRUE(storage::idle_partial_blobs(temporary.layout()).empty());
}

TEST(PartialBlob, BeginsAnewAfterItsRemoval) {
  const TemporaryHome temporary;
  storage::PartialBlob part(temporary.layout(), kDigest);
  part.append("wrong");
  part.remove();

  part.append("right");

  EXPECT_EQ(sys::read_all(part.open()), "right");
}

TEST(PartialBlob, StaysWhileSomebodyAddsToIt) {
  const TemporaryHome temporary;
  std::optional<storage::PartialBlob> part(std::in_place, temporary.layout(), kDigest);
  part->append("one");

  storage::remove_partial_blobs(temporary.layout());
  EXPECT_TRUE(storage::idle_partial_blobs(temporary.layout()).empty());
  part.reset();
  EXPECT_EQ(storage::idle_partial_blobs(temporary.layout()).size(), 1U);
  storage::remove_partial_blobs(temporary.layout());

  EXPECT_TRUE(storage::idle_partial_blobs(temporary.layout()).empty());
  EXPECT_GT(storage::empty_trash(temporary.home()).freed, 0);
}

TEST(PartialBlob, GoesWithAge) {
  const TemporaryHome temporary;
  storage::PartialBlob(temporary.layout(), kDigest).append("one");
  const std::string path = temporary.layout().partial_blob(kDigest);

  storage::remove_partial_blobs(temporary.layout(), std::chrono::hours(24));
  EXPECT_TRUE(sys::exists(path));
  const utimbuf long_ago = {.actime = 1, .modtime = 1};
  ::utime(path.c_str(), &long_ago);
  storage::remove_partial_blobs(temporary.layout(), std::chrono::hours(24));

  EXPECT_FALSE(sys::exists(path));
}

}  // namespace
