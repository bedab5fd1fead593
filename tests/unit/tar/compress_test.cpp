#include "storage/tar/compress.hpp"

#include "pkg/base/error.hpp"
#include "tests/unit/tar/unpacked.hpp"

#include <gtest/gtest.h>

#include <random>

#include <zlib.h>

namespace {

using tar::Compression;
using tar::Squeeze;

std::string sample(std::size_t size) {
  std::mt19937 random(7);  // NOLINT: the same bytes every time
  std::string text;
  while (text.size() < size) {
    text += "some words that come again and again ";
    for (int i = 0; i < 20; ++i)
      text += static_cast<char>(random() & 0xffU);
  }
  return text.substr(0, size);
}

std::string all_of(tar::Source& source) {
  std::string all;
  for (std::string_view part = source.read(); !part.empty(); part = source.read())
    all += part;
  return all;
}

std::string compressed(const std::string& text, const Squeeze& squeeze, std::size_t piece = 9000) {
  return all_of(*tar::compress(std::make_unique<TextSource>(text, piece), squeeze));
}

std::string inflated(const std::string& bytes) {
  TextSource source(bytes);
  tar::InflatedSource inflate(source);
  return all_of(inflate);
}

// By zlib, which takes one member and checks its sum and size; the rest must be empty.
std::string one_gzip_member(std::string bytes, std::size_t size) {
  std::string text(size + 1, '\0');
  z_stream stream{};
  constexpr int kGzip = 31;
  inflateInit2(&stream, kGzip);
  void* in = bytes.data();
  void* out = text.data();
  stream.next_in = static_cast<Bytef*>(in);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = static_cast<Bytef*>(out);
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0U);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

const std::size_t kSizes[] = {0, 1, 512, 524'287, 524'288, 524'289, 3'000'000, 9'123'456};

TEST(Compress, GzipOfEveryLevelAndSizeIsOneMemberThatZlibTakes) {
  for (const int level : {1, 2, 3, 4, 9}) {
    for (const std::size_t size : kSizes) {
      if (level > 4 && size > 3'000'000) continue;
      const std::string text = sample(size);
      const std::string bytes = compressed(text, {.format = Compression::Gzip, .level = level});

      EXPECT_TRUE(one_gzip_member(bytes, size) == text) << level << " " << size;
    }
  }
}

TEST(Compress, BothFormatsAreInflatedAgain) {
  for (const Compression format : {Compression::Gzip, Compression::Zstd, Compression::None}) {
    for (const std::size_t size : kSizes) {
      const std::string text = sample(size);

      EXPECT_TRUE(inflated(compressed(text, {.format = format, .level = {}})) == text)
          << tar::compression_name(format) << " " << size;
    }
  }
}

TEST(Compress, SameBytesWhateverThePiecesTheyComeIn) {
  const std::string text = sample(5'000'000);
  for (const Compression format : {Compression::Gzip, Compression::Zstd}) {
    const Squeeze squeeze{.format = format, .level = {}};
    const std::string first = compressed(text, squeeze);

    EXPECT_TRUE(compressed(text, squeeze, 777) == first);
    EXPECT_TRUE(compressed(text, squeeze, 3'000'000) == first);
  }
}

TEST(Compress, BytesThatCannotBeCompressedHardlyGrow) {
  std::mt19937 random(8);  // NOLINT: the same bytes every time
  std::string text(4'000'000, '\0');
  for (char& letter : text)
    letter = static_cast<char>(random() & 0xffU);
  for (const int level : {1, 2, 3, 6}) {
    const std::string bytes = compressed(text, {.format = Compression::Gzip, .level = level});

    EXPECT_TRUE(inflated(bytes) == text);
    EXPECT_LT(bytes.size(), text.size() + text.size() / 100);
  }
}

TEST(Compress, HigherLevelsAreSmaller) {
  std::mt19937 random(9);  // NOLINT: the same bytes every time
  std::string text;
  while (text.size() < 2'000'000)
    text += "word" + std::to_string(random() % 3000U) + (random() % 7U == 0 ? "\n" : " ");
  const std::string fast = compressed(text, {.format = Compression::Gzip, .level = 1});
  const std::string small = compressed(text, {.format = Compression::Gzip, .level = 9});

  EXPECT_LT(small.size(), fast.size());
  EXPECT_LT(fast.size(), text.size() / 2);
}

class FailingSource : public tar::Source {
 public:
  std::string_view read() override {
    if (++reads_ > 500) throw base::Error("the disk is on fire");
    return "some words and some more";
  }

 private:
  int reads_ = 0;
};

TEST(Compress, FailureOfTheSourceIsPassedOnAndNothingHangs) {
  for (const Compression format : {Compression::Gzip, Compression::Zstd}) {
    const auto source =
        tar::compress(std::make_unique<FailingSource>(), {.format = format, .level = {}});

    EXPECT_THROW(all_of(*source), base::Error);
  }
}

TEST(Compress, GivenUpHalfWayNothingHangs) {
  const auto source = tar::compress(std::make_unique<TextSource>(sample(6'000'000)), {});
  source->read();

  EXPECT_FALSE(source->read().empty());
}

TEST(Compress, WordsAndLevelsThatDoNotExistAreRefused) {
  EXPECT_EQ(tar::parse_compression("zstd"), Compression::Zstd);
  EXPECT_THROW(tar::parse_compression("bzip2"), base::Error);
  EXPECT_THROW(tar::parse_compression("zstd:chunked"), base::Error);
  EXPECT_THROW(tar::check_level({.format = Compression::Gzip, .level = 10}), base::Error);
  EXPECT_THROW(tar::check_level({.format = Compression::Gzip, .level = 0}), base::Error);
  EXPECT_NO_THROW(tar::check_level({.format = Compression::Zstd, .level = 19}));
}

}  // namespace
