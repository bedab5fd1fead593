#pragma once

#include "pkg/base/json.hpp"
#include "pkg/base/time.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace monitor {

// How to ask a container whether it works, in Docker's form. What is left open has the default of
// the field, or that of the image's own check.
struct Check {
  // {"CMD", program...}, {"CMD-SHELL", text}, {"NONE"}: none at all; ours besides, asked from
  // inside the container's network without any program of its image: {"HTTP", host, port, path,
  // "Name: value"...} and {"TCP", host, port}. Empty: nothing was said.
  std::vector<std::string> test;
  std::optional<std::chrono::nanoseconds> delay;           // before the first one; ours
  std::optional<std::chrono::nanoseconds> interval;        // 0: only when somebody asks for it
  std::optional<std::chrono::nanoseconds> timeout;         // 0: none
  std::optional<std::chrono::nanoseconds> start_period;    // failures do not count so long
  std::optional<std::chrono::nanoseconds> start_interval;  // the interval in that time
  std::optional<std::int64_t> retries;                     // failures in a row; startup: 0: no end
  std::optional<std::int64_t> successes;                   // of a startup check

  bool is_wanted() const { return !test.empty() && test.front() != "NONE"; }
  // What was left open is taken from the other.
  void fill_from(const Check& other);

  // Docker's JSON. Throws base::Error for another.
  static Check parse(const base::Json& json);
  base::Json json() const;
};

enum class OnUnhealthy { None, Kill, Restart, Stop };

// Throws base::Error for another word than none, kill, restart, stop.
OnUnhealthy parse_on_unhealthy(const std::string& word);
std::string on_unhealthy_word(OnUnhealthy action);

// All about a container's health that was asked for.
struct HealthCheck {
  Check regular;
  Check startup;  // until it has succeeded the regular one does not begin
  OnUnhealthy on_failure = OnUnhealthy::None;
  std::string log_destination = "local";  // or "events_logger", or a directory
  std::int64_t log_count = 5;             // results kept; 0: all
  std::int64_t log_size = 500;            // bytes of a result's output kept; 0: all

  bool is_default() const;
  static HealthCheck parse(const base::Json& json);
  base::Json json() const;
};

struct HealthResult {
  base::Time start = 0;
  base::Time end = 0;
  int exit_code = 0;  // -1: its time was up
  std::string output;
};

// How a container does. Its monitor keeps it in the container's runtime folder as health.json.
struct Health {
  std::string status = "starting";  // "healthy", "unhealthy"
  std::int64_t failing_streak = 0;
  std::deque<HealthResult> log;  // oldest first

  static Health parse(const base::Json& json);
  base::Json json() const;  // as `inspect` shows it
};

// Nothing when it was never asked.
std::optional<Health> read_health(const std::string& runtime_directory);
void write_health(const std::string& runtime_directory, const Health& health);

}  // namespace monitor
