// A layer is unpacked while it arrives, so a download that is interrupted leaves nothing to go on
// from, unless the bytes are written down as well. That doubles what a pull writes, which a slow
// line never notices, and on a fast one costs more than fetching them again would. So the line is
// tried first: its first bytes wait in memory, and are kept only when it was slow, by the time that
// it had to send: a line that waits for us is fast whatever it brings. When one becomes fast later,
// what is kept stays as it is, a beginning.
//
// Nor is the last of a disk taken for this, which the layer itself may need: then the copy goes.
#include "pkg/transfer/keeping.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"

#include <chrono>
#include <utility>

namespace transfer {
namespace {

constexpr std::int64_t kFast = 50'000'000;  // bytes a second
constexpr std::chrono::milliseconds kTrial(250);
constexpr std::int64_t kSample = std::int64_t{4} << 20U;  // bytes, as good as the whole trial
constexpr std::size_t kSpare = std::size_t{256} << 10U;   // what comes at once
constexpr std::chrono::seconds kWatch(1);
constexpr std::int64_t kLook = std::int64_t{16} << 20U;  // bytes between two looks at the disk

bool is_fast(std::int64_t bytes, std::chrono::nanoseconds time) {
  constexpr double kSecond = 1e9;
  return static_cast<double>(bytes) * kSecond >=
         static_cast<double>(kFast) * static_cast<double>(time.count());
}

}  // namespace

Keeping::Keeping(storage::PartialBlob& part, Line& line, std::function<bool()> has_room)
    : part_(part), line_(line), has_room_(std::move(has_room)), since_(line.mark()) {}

void Keeping::take(std::string_view bytes) try {
  if (stage_ == Stage::Trying) {
    // Memory that is never touched costs nothing, but growing would touch it several times.
    if (waiting_.empty()) waiting_.reserve(static_cast<std::size_t>(kSample) + kSpare);
    waiting_ += bytes;
    try_line();
  } else if (stage_ == Stage::Kept) {
    keep(bytes);
    watch_line();
  }
} catch (const base::Error& error) {
  base::log::debug("not kept: {}", error.what());
  end();
  part_.remove();
}

void Keeping::try_line() {
  const Line::Mark now = line_.mark();
  const std::int64_t bytes = now.bytes - since_.bytes;
  const auto time = now.open - since_.open;
  const bool is_over = time >= kTrial;
  if (!is_over && bytes < kSample) return;
  if (is_fast(bytes, time)) return end();
  if (!is_over) return;
  stage_ = Stage::Kept;
  since_ = now;
  keep(std::exchange(waiting_, ""));
}

void Keeping::keep(std::string_view bytes) {
  if (until_look_ <= 0) {
    if (!has_room_()) throw base::Error("the disk is nearly full");
    until_look_ = kLook;
  }
  part_.append(bytes);
  until_look_ -= static_cast<std::int64_t>(bytes.size());
}

void Keeping::watch_line() {
  const Line::Mark now = line_.mark();
  if (now.at - since_.at < kWatch) return;
  if (is_fast(now.bytes - since_.bytes, now.at - since_.at)) return end();
  since_ = now;
}

void Keeping::end() {
  stage_ = Stage::Over;
  std::string().swap(waiting_);  // an assignment may keep its memory
}

}  // namespace transfer
