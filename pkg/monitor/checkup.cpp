#include "pkg/monitor/checkup.hpp"

#include <algorithm>
#include <utility>

namespace monitor {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr nanoseconds kInterval = 30s;
constexpr nanoseconds kTimeout = 30s;
constexpr std::int64_t kRetries = 3;

// UTF-8 is not cut within a character.
void cut(std::string& text, std::size_t most) {
  if (most == 0 || text.size() <= most) return;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U)
    --most;
  text.resize(most);
}

}  // namespace

void Checkup::begin(Moment now) {
  began_ = now;
  health_.status = "starting";
  health_.failing_streak = 0;
  has_succeeded_ = false;
  successes_ = failures_ = 0;
  is_started_ = !check_.startup.is_wanted();
  due_.reset();
  if (current().interval.value_or(kInterval) > 0ns) {
    due_ = now + std::chrono::duration_cast<Clock::duration>(current().delay.value_or(0ns));
  }
}

void Checkup::end() {
  due_.reset();
}

void Checkup::skip(Moment now) {
  plan(current().interval.value_or(kInterval), now);
}

nanoseconds Checkup::timeout() const {
  return current().timeout.value_or(kTimeout);
}

void Checkup::plan(nanoseconds interval, Moment now) {
  due_.reset();
  if (interval > 0ns) due_ = now + std::chrono::duration_cast<Clock::duration>(interval);
}

void Checkup::note(HealthResult result) {
  cut(result.output, static_cast<std::size_t>(std::max<std::int64_t>(check_.log_size, 0)));
  health_.log.push_back(std::move(result));
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(check_.log_count, 0));
  while (most > 0 && health_.log.size() > most)
    health_.log.pop_front();
}

OnUnhealthy Checkup::take(HealthResult result, Moment now) {
  const bool is_success = result.exit_code == 0;
  note(std::move(result));
  return is_started_ ? take_regular(is_success, now) : take_startup(is_success, now);
}

OnUnhealthy Checkup::take_startup(bool is_success, Moment now) {
  const Check& startup = check_.startup;
  successes_ = is_success ? successes_ + 1 : 0;
  if (successes_ > 0 && successes_ >= startup.successes.value_or(0)) {
    is_started_ = true;
    plan(check_.regular.interval.value_or(kInterval) > 0ns ? 1ns : 0ns, now);
    return OnUnhealthy::None;
  }
  plan(startup.interval.value_or(kInterval), now);
  if (is_success) return OnUnhealthy::None;
  ++failures_;
  const std::int64_t most = startup.retries.value_or(0);
  return most > 0 && failures_ >= most ? OnUnhealthy::Restart : OnUnhealthy::None;
}

OnUnhealthy Checkup::take_regular(bool is_success, Moment now) {
  const Check& regular = check_.regular;
  has_succeeded_ = has_succeeded_ || is_success;
  const bool is_starting =
      !has_succeeded_ && now < began_ + std::chrono::duration_cast<Clock::duration>(
                                            regular.start_period.value_or(0ns));
  const nanoseconds interval = regular.interval.value_or(kInterval);
  const bool hurries = is_starting && interval > 0ns && regular.start_interval.value_or(0ns) > 0ns;
  plan(hurries ? *regular.start_interval : interval, now);
  if (is_success) {
    health_.status = "healthy";
    health_.failing_streak = 0;
    return OnUnhealthy::None;
  }
  if (is_starting) return OnUnhealthy::None;
  ++health_.failing_streak;
  if (health_.failing_streak < regular.retries.value_or(kRetries)) return OnUnhealthy::None;
  health_.status = "unhealthy";
  return check_.on_failure;
}

}  // namespace monitor
