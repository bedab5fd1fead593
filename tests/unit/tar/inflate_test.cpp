#include "storage/tar/inflate.hpp"

#include "pkg/base/error.hpp"
#include "tests/support/tar_text.hpp"
#include "tests/unit/tar/unpacked.hpp"

#include <gtest/gtest.h>

#include <random>

namespace {

using namespace std::string_view_literals;
using support::gzip;
using support::zstd;

// Half compressible, half not.
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

std::string inflated(const std::string& bytes, std::size_t piece = 4096) {
  TextSource source(bytes, piece);
  tar::InflatedSource inflate(source);
  std::string all;
  for (std::string_view part = inflate.read(); !part.empty(); part = inflate.read())
    all += part;
  return all;
}

std::string skippable(const std::string& body) {
  std::string frame("\x5e\x2a\x4d\x18", 4);
  frame += static_cast<char>(body.size());
  return frame + std::string(3, '\0') + body;
}

TEST(Inflate, UndoesEachKindWhateverTheSizeOfPieces) {
  const std::string text = sample(700'001);
  for (const std::string& bytes : {text, gzip(text), zstd(text)}) {
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{7}, std::size_t{4096}, bytes.size()}) {
      EXPECT_EQ(inflated(bytes, piece), text) << piece;
    }
  }
}

TEST(Inflate, ReadsSeveralGzipMembersInARow) {
  const std::string text = sample(100'000);
  std::string bytes;
  std::string expected;
  for (std::size_t size : {0U, 1U, 100U, 70'000U, 3U, 100'000U}) {
    bytes += gzip(text.substr(0, size));
    expected += text.substr(0, size);
  }
  for (std::size_t piece = 1; piece < 40; ++piece) {
    EXPECT_EQ(inflated(bytes, piece), expected) << piece;
  }
  EXPECT_EQ(inflated(bytes, bytes.size()), expected);
}

TEST(Inflate, ReadsManyPartsOfAllSizesSideBySide) {
  const std::string text = sample(1'500'000);
  for (const auto& squeeze : {gzip, zstd}) {
    std::string bytes;
    std::string expected;
    for (std::size_t i = 0; i < 100; ++i) {
      const std::size_t size = i % 50 == 49 ? text.size() : (i * 7919) % 40'000;
      bytes += squeeze(std::string_view(text).substr(0, size));
      expected += text.substr(0, size);
    }

    EXPECT_TRUE(inflated(bytes, 100'000) == expected);
    EXPECT_THROW(inflated(bytes.substr(0, bytes.size() - 3), 100'000), base::Error);
  }
}

TEST(Inflate, RefusesADamagedPartAmongMany) {
  std::string bytes;
  for (int i = 0; i < 100; ++i)
    bytes += gzip(sample(10'000));

  bytes[bytes.size() / 2 + 50] ^= 1;

  EXPECT_THROW(inflated(bytes, 100'000), base::Error);
}

TEST(Inflate, IsNotMisledByWhatLooksLikeAMember) {
  // Stored as it is, so that the header of a member stands in the middle of another.
  const std::string inner = gzip("inner");
  const std::string text = sample(1000) + inner + sample(1000) + inner;
  std::string bytes("\x1f\x8b\x08\0\0\0\0\0\0\xff\x01", 11);
  const auto size = static_cast<unsigned>(text.size());
  for (const unsigned half : {size, ~size}) {
    bytes += static_cast<char>(half & 0xffU);
    bytes += static_cast<char>(half >> 8U & 0xffU);
  }
  bytes += text + gzip(text).substr(gzip(text).size() - 8);

  EXPECT_EQ(inflated(bytes), text);
  EXPECT_EQ(inflated(bytes + bytes + inner), text + text + "inner");
}

TEST(Inflate, HasNoLimitForWhatComesOutOfSmallParts) {
  const std::string zeros(6'000'000, '\0');
  std::string bytes;
  for (int i = 0; i < 6; ++i)
    bytes += gzip(zeros);

  EXPECT_EQ(inflated(bytes, 100'000).size(), 6 * zeros.size());
}

TEST(Inflate, ToleratesPaddingBehindGzip) {
  EXPECT_EQ(inflated(gzip("text") + std::string(512, '\0')), "text");
}

TEST(Inflate, ReadsSeveralZstdFramesAndSkipsSkippableOnes) {
  const std::string text = sample(50'000);
  const std::string bytes =
      skippable("first") + zstd(text) + skippable("") + zstd("more") + skippable("last");
  for (const std::size_t piece : {1U, 3U, 100'000U}) {
    EXPECT_EQ(inflated(bytes, piece), text + "more") << piece;
  }
}

TEST(Inflate, ReadsTheHeaderFieldsOfGzip) {
  std::string bytes = gzip("text");
  bytes[3] = '\x18';  // FNAME and FCOMMENT
  bytes.insert(10, std::string("name\0comment\0", 13));
  for (std::size_t piece = 1; piece < 50; ++piece) {
    EXPECT_EQ(inflated(bytes, piece), "text") << piece;
  }
}

TEST(Inflate, RefusesStreamsThatEndTooEarly) {
  const std::string text = sample(100'000);
  for (const std::string& bytes : {gzip(text), zstd(text)}) {
    for (const std::size_t size : {bytes.size() - 1, bytes.size() / 2, std::size_t{7}}) {
      EXPECT_THROW(inflated(bytes.substr(0, size)), base::Error) << size;
    }
  }
}

TEST(Inflate, RefusesDamagedStreams) {
  const std::string text = sample(100'000);
  std::string wrong_sum = gzip(text);
  wrong_sum[wrong_sum.size() - 6] ^= 1;
  std::string garbage = gzip(text);
  garbage.replace(20, 2000, sample(2000));
  std::string zstd_garbage = zstd(text);
  zstd_garbage.replace(8, 2000, sample(2000));

  EXPECT_THROW(inflated(wrong_sum), base::Error);
  EXPECT_THROW(inflated(garbage), base::Error);
  EXPECT_THROW(inflated(zstd_garbage), base::Error);
}

constexpr std::string_view kXz =
    "\xfd\x37\x7a\x58\x5a\x00\x00\x01\x69\x22\xde\x36\x02\x00\x21\x01"
    "\x16\x00\x00\x00\x74\x2f\xe5\xa3\x01\x00\x05\x68\x65\x6c\x6c\x6f"
    "\x0a\x00\x00\x00\x20\x30\x3a\x36\x00\x01\x1a\x06\xc5\xea\xc8\x79"
    "\x90\x42\x99\x0d\x01\x00\x00\x00\x00\x01\x59\x5a"sv;
constexpr std::string_view kBzip2 =
    "\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\xc1\xc0\x80\xe2\x00\x00"
    "\x01\x41\x00\x00\x10\x02\x44\xa0\x00\x30\xcd\x00\xc3\x46\x29\x97"
    "\x17\x72\x45\x38\x50\x90\xc1\xc0\x80\xe2"sv;

TEST(Inflate, UndoesXzAndBzip2) {
  for (const std::string_view stream : {kXz, kBzip2}) {
    EXPECT_EQ(inflated(std::string(stream)), "hello\n");
    EXPECT_THROW(inflated(std::string(stream.substr(0, stream.size() - 4))), base::Error);
    EXPECT_THROW(inflated(std::string(stream.substr(0, 8)) + "nonsense"), base::Error);
  }
}

TEST(Inflate, TakesShortPlainTextAsItIs) {
  EXPECT_EQ(inflated(""), "");
  EXPECT_EQ(inflated("abc"), "abc");
}

}  // namespace
