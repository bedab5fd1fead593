#include "cmd/pod/container_options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

using std::chrono::nanoseconds;

nanoseconds parse_interval(const std::string& text) {
  if (text == "disable") return nanoseconds(0);
  const nanoseconds interval = base::parse_duration(text);
  if (interval.count() < 0) throw base::Error(text + ": less than nothing");
  return interval;
}

nanoseconds parse_timeout(const std::string& text) {
  const nanoseconds timeout = base::parse_duration(text);
  if (timeout.count() <= 0) throw base::Error(text + ": has to be more than nothing");
  return timeout;
}

void take(const char* flag, const std::string& text, std::optional<nanoseconds>& out,
          nanoseconds (*parse)(const std::string&)) {
  if (!text.empty()) out = with_flag(flag, [&] { return parse(text); });
}

void expect_least(const char* flag, const std::optional<std::int64_t>& number, std::int64_t least) {
  if (!number || *number >= least) return;
  throw base::Error(fmt::format("{}: {}: has to be {} or more", flag, *number, least));
}

}  // namespace

// A JSON array is a command line, where it has more than one word; its first word, as that of any
// text, may be one of Docker's own: CMD, CMD-SHELL, NONE.
std::vector<std::string> parse_health_command(const std::string& text) {
  std::vector<std::string> words = {text};
  if (text.starts_with('[')) {
    try {
      words = base::Json::parse(text).as_strings();
    } catch (const base::Error&) {
      words = {text};  // as the peers do: then it is a shell's
    }
  }
  if (words.empty()) throw base::Error("there is no command in it");
  const auto [first, rest] = base::split_once(words.front(), ' ');
  const std::string keyword = base::upper(first);
  const bool is_word = words.size() == 1 && rest;
  if (keyword == "NONE") return {keyword};
  if (keyword == "CMD-SHELL" && is_word) return {keyword, *rest};
  if (keyword == "CMD" && is_word) {
    words = base::split(*rest, ' ');
    std::erase(words, "");
    words.insert(words.begin(), keyword);
    return words;
  }
  if (keyword == "CMD" || keyword == "CMD-SHELL") {
    words.front() = keyword;
    return words;
  }
  words.insert(words.begin(), words.size() > 1 ? "CMD" : "CMD-SHELL");
  return words;
}

void HealthFlags::declare(cli::Options& options) {
  options.value("--health-cmd", command, "Command that tells whether it works: TEXT, JSON, none")
      .value("--health-interval", interval, "Between two checks; disable: only when asked for")
      .value("--health-timeout", timeout, "How long a check may take")
      .value("--health-retries", retries, "Failures in a row that make it unhealthy")
      .value("--health-start-period", start_period, "Failures do not count so long")
      .value("--health-start-interval", start_interval, "Between two checks in that time")
      .value("--health-on-failure", on_failure, "When it is unhealthy: none, kill, restart, stop")
      .value("--health-startup-cmd", startup_command, "Has to succeed before other checks begin")
      .value("--health-startup-interval", startup_interval, "Between two startup checks")
      .value("--health-startup-retries", startup_retries, "Failures that restart it; 0: none do")
      .value("--health-startup-success", startup_success, "Successes in a row that are enough")
      .value("--health-startup-timeout", startup_timeout, "How long a startup check may take")
      .value("--health-log-destination", log_destination, "local, events_logger, or a directory")
      .value("--health-max-log-count", log_count, "Results that are kept; 0: all")
      .value("--health-max-log-size", log_size, "Bytes of output that are kept of each; 0: all")
      .flag("--no-healthcheck", none, "No check, whatever the image says");
}

void HealthFlags::apply(monitor::HealthCheck& out) const {
  if (none && !(command + startup_command).empty()) {
    throw base::Error("--no-healthcheck cannot be used with --health-cmd and --health-startup-cmd");
  }
  monitor::Check& regular = out.regular;
  if (none) regular.test = {"NONE"};
  if (!command.empty()) {
    regular.test = with_flag("--health-cmd", [&] { return parse_health_command(command); });
  }
  take("--health-interval", interval, regular.interval, parse_interval);
  take("--health-timeout", timeout, regular.timeout, parse_timeout);
  take("--health-start-period", start_period, regular.start_period, parse_interval);
  take("--health-start-interval", start_interval, regular.start_interval, parse_interval);
  expect_least("--health-retries", retries, 1);
  if (retries) regular.retries = retries;
  out.on_failure = with_flag("--health-on-failure",
                             [&] { return monitor::parse_on_unhealthy(base::lower(on_failure)); });
  expect_least("--health-max-log-count", log_count, 0);
  expect_least("--health-max-log-size", log_size, 0);
  out.log_count = log_count;
  out.log_size = log_size;
  out.log_destination = log_destination;
  apply_startup(out.startup);
}

void HealthFlags::apply_startup(monitor::Check& startup) const {
  if (startup_command.empty() && !startup.is_wanted()) return;
  if (!startup_command.empty()) {
    startup.test =
        with_flag("--health-startup-cmd", [&] { return parse_health_command(startup_command); });
  }
  take("--health-startup-interval", startup_interval, startup.interval, parse_interval);
  take("--health-startup-timeout", startup_timeout, startup.timeout, parse_timeout);
  expect_least("--health-startup-retries", startup_retries, 0);
  expect_least("--health-startup-success", startup_success, 0);
  if (startup_retries) startup.retries = startup_retries;
  if (startup_success) startup.successes = startup_success;
}

}  // namespace pod
