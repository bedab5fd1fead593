#pragma once

#include "pkg/monitor/health.hpp"

#include <chrono>
#include <optional>

namespace monitor {

using Clock = std::chrono::steady_clock;
using Moment = Clock::time_point;

// The course of a container's health: when it is to be asked next, and what an answer comes to.
// Starts nothing itself. The first check is due with the start of the container, as podman has it.
class Checkup {
 public:
  explicit Checkup(HealthCheck check) : check_(std::move(check)) {}

  // The container has started, or has ended: then nothing is due.
  void begin(Moment now);
  void end();

  // When the next check is due; nothing while none is.
  const std::optional<Moment>& due() const { return due_; }
  void postpone() { due_.reset(); }  // one is running: `take` sets the next
  void skip(Moment now);             // it could not be asked: the next comes after the interval

  const HealthCheck& asked_for() const { return check_; }
  // What to ask now: the startup check until it has succeeded.
  const Check& current() const { return is_started_ ? check_.regular : check_.startup; }
  std::chrono::nanoseconds timeout() const;

  // Notes an answer; returns what is to be done about the container.
  OnUnhealthy take(HealthResult result, Moment now);

  const Health& health() const { return health_; }

 private:
  OnUnhealthy take_startup(bool is_success, Moment now);
  OnUnhealthy take_regular(bool is_success, Moment now);
  void note(HealthResult result);
  void plan(std::chrono::nanoseconds interval, Moment now);

  HealthCheck check_;
  Health health_;
  std::optional<Moment> due_;
  Moment began_;
  bool is_started_ = true;      // there is no startup check, or it has succeeded
  bool has_succeeded_ = false;  // ends the start period
  std::int64_t successes_ = 0;  // of the startup check, in a row
  std::int64_t failures_ = 0;
};

}  // namespace monitor
