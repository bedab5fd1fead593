#include "pkg/transfer/line.hpp"

namespace transfer {

void Line::count_time() {
  const Clock::time_point now = now_();
  if (downloads_ > stopped_) open_ += now - counted_;
  counted_ = now;
}

void Line::begin() {
  count_time();
  ++downloads_;
}

void Line::stop() {
  count_time();
  ++stopped_;
}

void Line::go_on() {
  count_time();
  --stopped_;
}

void Line::end() {
  count_time();
  --downloads_;
}

Line::Mark Line::mark() {
  count_time();
  return {.bytes = bytes_, .open = open_, .at = counted_};
}

}  // namespace transfer
