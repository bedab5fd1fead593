#include "pkg/transfer/unpacking.hpp"

#include "pkg/base/error.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/sys/file.hpp"
#include "tests/support/tar_text.hpp"
#include "tests/unit/transfer/folder.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace {

using support::TarText;

// Gives its text in small pieces.
class TextSource : public tar::Source {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}

  std::string_view read() override {
    const std::string_view piece = std::string_view(text_).substr(at_, 1000);
    at_ += piece.size();
    return piece;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

std::string archive() {
  TarText tar;
  tar.directory("d");
  for (int i = 0; i < 200; ++i)
    tar.file("d/" + std::to_string(i), std::string(20'000, 'x'));
  return tar.end();
}

TEST(Unpacking, TellsBothDigestsAndTheSize) {
  const Folder folder;
  const std::string tar = archive();
  const std::string blob = support::gzip(tar);
  transfer::Unpacking unpacking(std::make_unique<TextSource>(blob),
                                {.root = folder.path(), .squash_owners = true});

  const transfer::Unpacked unpacked = unpacking.finish();

  EXPECT_EQ(unpacked.blob, "sha256:" + hash::sha256(blob));
  EXPECT_EQ(unpacked.diff_id, "sha256:" + hash::sha256(tar));
  EXPECT_EQ(unpacked.blob_size, static_cast<std::int64_t>(blob.size()));
  EXPECT_EQ(unpacked.applied.size, 200 * 20'000);
  EXPECT_EQ(sys::read_file(folder.path() + "/d/199").size(), 20'000U);
}

TEST(Unpacking, CountsWhatFollowsTheArchive) {
  const Folder folder;
  const std::string blob = archive() + std::string(3'000'000, 'z');
  transfer::Unpacking unpacking(std::make_unique<TextSource>(blob),
                                {.root = folder.path(), .squash_owners = true});

  EXPECT_EQ(unpacking.finish().diff_id, "sha256:" + hash::sha256(blob));
}

TEST(Unpacking, SaysWhatTheInflatingThreadMet) {
  const Folder folder;
  const std::string blob = support::gzip(archive());
  std::atomic<int> failures = 0;
  transfer::Unpacking unpacking(std::make_unique<TextSource>(blob.substr(0, blob.size() / 2)),
                                {.root = folder.path(), .squash_owners = true},
                                [&] { ++failures; });

  EXPECT_THROW(unpacking.finish(), base::Error);
  EXPECT_THROW(unpacking.finish(), base::Error);  // whoever asks again is told the same
  EXPECT_TRUE(unpacking.has_failed());
  EXPECT_EQ(failures, 1);
}

TEST(Unpacking, SaysWhatTheWritingThreadMet) {
  const Folder folder;
  transfer::Unpacking unpacking(
      std::make_unique<TextSource>(TarText().file("../x").end() + std::string(9'000'000, 'z')),
      {.root = folder.path(), .squash_owners = true});

  try {
    unpacking.finish();
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_STREQ(error.what(), "../x: path leads out of the layer");
  }
}

}  // namespace
