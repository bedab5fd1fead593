#include "pkg/transfer/ring.hpp"

#include "pkg/base/error.hpp"

#include <algorithm>
#include <cstring>

namespace transfer {

Ring::Ring(std::size_t capacity, std::function<void()> on_room, int readers)
    : capacity_(capacity),
      on_room_(std::move(on_room)),
      readers_(static_cast<std::size_t>(readers)) {}

bool Ring::offer(std::string_view bytes) {
  const std::lock_guard guard(mutex_);
  if (bytes.size() > capacity_) throw base::Error("more bytes at once than fit the buffer");
  if (is_abandoned_) return true;  // whoever waits for the reader learns why
  if (bytes.size() > capacity_ - used()) {
    was_refused_ = true;
    return false;
  }
  while (!bytes.empty()) {
    const std::span<char> piece = free_piece(bytes.size());
    std::memcpy(piece.data(), bytes.data(), piece.size());
    written_ += piece.size();
    bytes.remove_prefix(piece.size());
  }
  // A reader that is woken for every few bytes would do nothing but wake up.
  if (used() >= capacity_ / 8) changed_.notify_all();
  return true;
}

std::span<char> Ring::room(std::size_t size) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_abandoned_ || capacity_ - used() >= size; });
  if (is_abandoned_) return {};
  return free_piece(size);
}

void Ring::commit(std::size_t size) {
  const std::lock_guard guard(mutex_);
  written_ += size;
  changed_.notify_all();
}

void Ring::close() {
  const std::lock_guard guard(mutex_);
  is_closed_ = true;
  changed_.notify_all();
}

void Ring::fail(std::exception_ptr failure) {
  const std::lock_guard guard(mutex_);
  failure_ = std::move(failure);
  is_closed_ = true;
  changed_.notify_all();
}

std::string_view Ring::take(std::size_t number) {
  bool has_room = false;
  std::string_view piece;
  {
    std::unique_lock lock(mutex_);
    Position& reader = readers_[number];
    release(reader);
    has_room = was_refused_ && capacity_ - used() >= capacity_ / 2;
    if (has_room) was_refused_ = false;
    if (has_room) {
      lock.unlock();
      if (on_room_) on_room_();
      lock.lock();
    }
    changed_.wait(lock, [&] { return is_closed_ || written_ - reader.at >= capacity_ / 8; });
    if (failure_) std::rethrow_exception(failure_);
    piece = filled_piece(reader);
    reader.lent = piece.size();
  }
  return piece;
}

void Ring::abandon() {
  {
    const std::lock_guard guard(mutex_);
    is_abandoned_ = true;
    changed_.notify_all();
  }
  if (on_room_) on_room_();
}

bool Ring::has_failed() {
  const std::lock_guard guard(mutex_);
  return failure_ != nullptr;
}

std::size_t Ring::used() const {
  const auto slowest = std::ranges::min_element(readers_, {}, &Position::at);
  return static_cast<std::size_t>(written_ - slowest->at);
}

std::span<char> Ring::free_piece(std::size_t limit) {
  if (!bytes_) bytes_ = std::make_unique<char[]>(capacity_);
  const auto at = static_cast<std::size_t>(written_ % capacity_);
  return {bytes_.get() + at, std::min({limit, capacity_ - used(), capacity_ - at})};
}

std::string_view Ring::filled_piece(const Position& reader) const {
  const auto at = static_cast<std::size_t>(reader.at % capacity_);
  const auto filled = static_cast<std::size_t>(written_ - reader.at);
  return {bytes_.get() + at, std::min(filled, capacity_ - at)};
}

void Ring::release(Position& reader) {
  if (reader.lent == 0) return;
  reader.at += reader.lent;
  reader.lent = 0;
  changed_.notify_all();
}

}  // namespace transfer
