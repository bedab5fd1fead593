#include "pkg/transfer/outbox.hpp"

#include "pkg/base/error.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

namespace {

using transfer::Outbox;

TEST(Outbox, GivesAllBytesInTheirOrder) {
  std::string sent;
  for (int i = 0; i < 20'000; ++i)
    sent += std::to_string(i);
  std::atomic<int> wakes = 0;
  Outbox outbox(1000, [&] { ++wakes; });
  std::thread writer([&] {
    EXPECT_TRUE(outbox.put(sent));
    outbox.close();
  });
  std::string got;
  std::array<char, 333> buffer = {};

  while (true) {
    const auto count = outbox.take(buffer);
    if (!count) {
      std::this_thread::yield();
      continue;
    }
    if (*count == 0) break;
    got.append(buffer.data(), *count);
  }

  writer.join();
  EXPECT_TRUE(got == sent);
}

TEST(Outbox, HungryReaderIsWokenOnce) {
  int wakes = 0;
  Outbox outbox(1000, [&] { ++wakes; });
  std::array<char, 10> buffer = {};
  EXPECT_FALSE(outbox.take(buffer));

  outbox.put("one");
  outbox.put("two");

  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(outbox.take(buffer), 6U);
}

TEST(Outbox, FailureOfTheWriterReachesTheReader) {
  Outbox outbox(1000, [] {});
  outbox.fail(std::make_exception_ptr(base::Error("no such disk")));
  std::array<char, 10> buffer = {};

  EXPECT_THROW(outbox.take(buffer), base::Error);
}

TEST(Outbox, WriterIsLetGoWhenTheReaderGivesUp) {
  Outbox outbox(10, [] {});
  std::atomic<bool> is_taken = true;
  std::thread writer([&] { is_taken = outbox.put(std::string(100, 'x')); });
  outbox.abandon();
  writer.join();

  EXPECT_FALSE(is_taken);
}

}  // namespace
