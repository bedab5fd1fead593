#include "pkg/transfer/ring.hpp"

#include "pkg/base/error.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>

namespace {

std::string read_all(transfer::Ring& ring) {
  std::string all;
  for (std::string_view piece = ring.take(); !piece.empty(); piece = ring.take())
    all += piece;
  return all;
}

std::string counted(std::size_t size) {
  std::string text;
  while (text.size() < size)
    text += std::to_string(text.size()) + " ";
  return text.substr(0, size);
}

TEST(Ring, PassesEverythingOnInOrder) {
  const std::string text = counted(1'000'000);
  std::atomic<bool> has_room = false;
  transfer::Ring ring(4096, [&] { has_room = true; });
  std::string received;
  std::thread reader([&] { received = read_all(ring); });

  for (std::size_t at = 0; at < text.size();) {
    const std::string piece = text.substr(at, 1 + at % 1500);
    if (ring.offer(piece)) {
      at += piece.size();
      continue;
    }
    while (!has_room.exchange(false))
      std::this_thread::yield();
  }
  ring.close();
  reader.join();

  EXPECT_EQ(received, text);
}

TEST(Ring, GivesRoomToAWriterThatWaits) {
  const std::string text = counted(300'000);
  transfer::Ring ring(6 * 1024);
  std::string received;
  std::thread reader([&] { received = read_all(ring); });

  for (std::size_t at = 0; at < text.size();) {
    const std::span<char> room = ring.room(1024);
    const std::size_t count = std::min(room.size(), text.size() - at);
    std::memcpy(room.data(), text.data() + at, count);
    ring.commit(count);
    at += count;
  }
  ring.close();
  reader.join();

  EXPECT_EQ(received, text);
}

TEST(Ring, RefusesWhatDoesNotFitUntilThereIsRoom) {
  int woken = 0;
  transfer::Ring ring(1000, [&] { ++woken; });

  EXPECT_TRUE(ring.offer(std::string(900, 'a')));
  EXPECT_FALSE(ring.offer(std::string(200, 'b')));
  EXPECT_EQ(ring.take().size(), 900U);
  EXPECT_EQ(woken, 0);  // the reader still looks at those bytes
  ring.close();
  EXPECT_EQ(ring.take(), "");
  EXPECT_EQ(woken, 1);
}

TEST(Ring, ThrowsTheWritersFailureAtTheReader) {
  transfer::Ring ring(1000);
  ring.fail(std::make_exception_ptr(base::Error("broken")));

  EXPECT_THROW(ring.take(), base::Error);
}

TEST(Ring, TellsTheWriterThatNobodyReads) {
  transfer::Ring ring(1000);
  ring.abandon();

  EXPECT_TRUE(ring.room(100).empty());
  EXPECT_TRUE(ring.offer(std::string(999, 'a')));
  EXPECT_TRUE(ring.offer(std::string(999, 'a')));
}

TEST(Ring, EndsWithNothingWhenNothingCame) {
  transfer::Ring ring(1000);
  ring.close();

  EXPECT_EQ(ring.take(), "");
}

}  // namespace
