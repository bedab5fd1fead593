#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

namespace transfer {

// Bytes on their way from a thread that waits to a loop that must not: the other way round than
// Ring. Of fixed size.
class Outbox {
 public:
  // `on_bytes` is called by the writer's thread when there is something again for a reader who
  // found nothing.
  Outbox(std::size_t capacity, std::function<void()> on_bytes);

  // The writer, waiting for room: false when the reader has given up.
  bool put(std::string_view bytes);
  void close();
  void fail(std::exception_ptr failure);

  // The reader: how many bytes, 0 at the end, nothing when there are none now. Throws the writer's
  // failure.
  std::optional<std::size_t> take(std::span<char> buffer);
  void abandon();

 private:
  std::string_view put_some(std::string_view bytes);
  void tell_reader();

  const std::size_t capacity_;
  const std::function<void()> on_bytes_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::unique_ptr<char[]> bytes_;
  std::size_t read_at_ = 0;
  std::size_t used_ = 0;
  bool is_closed_ = false;
  bool is_abandoned_ = false;
  bool is_reader_hungry_ = false;
  std::exception_ptr failure_;
};

}  // namespace transfer
