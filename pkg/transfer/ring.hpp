#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

namespace transfer {

// Bytes on their way from one thread to others through a buffer of fixed size: who writes faster
// than the slowest reads has to wait. One writer; every reader gets all bytes. The buffer is made
// at its first use.
class Ring {
 public:
  // `on_room` is called by the reader's thread when there is room again for an offer that was
  // refused.
  explicit Ring(std::size_t capacity, std::function<void()> on_room = {}, int readers = 1);

  // The writer, without waiting: takes all of it, or nothing and says false.
  bool offer(std::string_view bytes);
  // The writer, waiting: `size` bytes to be filled, a divisor of the capacity always; empty when
  // the reader has given up. What was filled is handed over by `commit`.
  std::span<char> room(std::size_t size);
  void commit(std::size_t size);
  // The writer is done, or what it met is thrown at the reader.
  void close();
  void fail(std::exception_ptr failure);

  // A reader: gives the former piece back, waits for the next; empty at the end. Throws the
  // writer's failure.
  std::string_view take(std::size_t reader = 0);
  // A reader has given up.
  void abandon();
  // Whether the writer has failed.
  bool has_failed();

 private:
  struct Position {
    std::uint64_t at = 0;
    std::size_t lent = 0;  // after it, what the reader looks at
  };

  std::size_t used() const;
  std::span<char> free_piece(std::size_t limit);
  std::string_view filled_piece(const Position& reader) const;
  void release(Position& reader);

  const std::size_t capacity_;
  const std::function<void()> on_room_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<char[]> bytes_;
  std::uint64_t written_ = 0;
  std::vector<Position> readers_;
  bool is_closed_ = false;
  bool is_abandoned_ = false;
  bool was_refused_ = false;
  std::exception_ptr failure_;
};

}  // namespace transfer
