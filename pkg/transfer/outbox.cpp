#include "pkg/transfer/outbox.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace transfer {

Outbox::Outbox(std::size_t capacity, std::function<void()> on_bytes)
    : capacity_(capacity),
      on_bytes_(std::move(on_bytes)),
      bytes_(std::make_unique<char[]>(capacity)) {}

// As much as there is room for; what is left.
std::string_view Outbox::put_some(std::string_view bytes) {
  while (!bytes.empty() && used_ < capacity_) {
    const std::size_t at = (read_at_ + used_) % capacity_;
    const std::size_t count = std::min({bytes.size(), capacity_ - used_, capacity_ - at});
    std::memcpy(bytes_.get() + at, bytes.data(), count);
    used_ += count;
    bytes.remove_prefix(count);
  }
  return bytes;
}

void Outbox::tell_reader() {
  bool is_hungry = false;
  {
    const std::lock_guard guard(mutex_);
    is_hungry = std::exchange(is_reader_hungry_, false);
  }
  if (is_hungry) on_bytes_();
}

bool Outbox::put(std::string_view bytes) {
  while (!bytes.empty()) {
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [&] { return is_abandoned_ || used_ < capacity_; });
      if (is_abandoned_) return false;
      bytes = put_some(bytes);
    }
    tell_reader();
  }
  return true;
}

void Outbox::close() {
  {
    const std::lock_guard guard(mutex_);
    is_closed_ = true;
  }
  tell_reader();
}

void Outbox::fail(std::exception_ptr failure) {
  {
    const std::lock_guard guard(mutex_);
    failure_ = std::move(failure);
  }
  tell_reader();
}

std::optional<std::size_t> Outbox::take(std::span<char> buffer) {
  const std::lock_guard guard(mutex_);
  if (failure_) std::rethrow_exception(failure_);
  std::size_t taken = 0;
  while (taken < buffer.size() && used_ > 0) {
    const std::size_t count = std::min({buffer.size() - taken, used_, capacity_ - read_at_});
    std::memcpy(buffer.data() + taken, bytes_.get() + read_at_, count);
    read_at_ = (read_at_ + count) % capacity_;
    used_ -= count;
    taken += count;
  }
  if (taken > 0 && used_ <= capacity_ / 2) room_.notify_all();
  if (taken > 0 || is_closed_) return taken;
  is_reader_hungry_ = true;
  return std::nullopt;
}

void Outbox::abandon() {
  const std::lock_guard guard(mutex_);
  is_abandoned_ = true;
  room_.notify_all();
}

}  // namespace transfer
