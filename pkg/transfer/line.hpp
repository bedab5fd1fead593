#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace transfer {

// The way to a registry: how much comes in over it, by all downloads of a pull together, and how
// long they waited for it rather than it for us.
class Line {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Line(std::function<Clock::time_point()> now = Clock::now) : now_(std::move(now)) {}

  // A download: begins, has no room for more, has room again, ends.
  void begin();
  void stop();
  void go_on();
  void end();
  void note(std::size_t bytes) { bytes_ += static_cast<std::int64_t>(bytes); }

  struct Mark {
    std::int64_t bytes = 0;
    std::chrono::nanoseconds open{0};  // time in which some download had room
    Clock::time_point at;
  };
  Mark mark();

 private:
  void count_time();

  std::function<Clock::time_point()> now_;
  std::int64_t bytes_ = 0;
  std::chrono::nanoseconds open_{0};
  Clock::time_point counted_;
  int downloads_ = 0;
  int stopped_ = 0;
};

}  // namespace transfer
