#include "pkg/monitor/health.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace monitor {
namespace {

using base::Json;
using std::chrono::nanoseconds;

constexpr std::array<std::string_view, 4> kActions = {"none", "kill", "restart", "stop"};

std::string file_of(const std::string& runtime_directory) {
  return runtime_directory + "/health.json";
}

std::optional<std::int64_t> number(const Json& json, const char* key) {
  const Json* found = json.find(key);
  if (found == nullptr || found->is_null()) return std::nullopt;
  return found->as_integer();
}

// Docker takes 0 for what was not said, but for what we write ourselves.
std::optional<nanoseconds> duration(const Json& json, const char* key) {
  const auto found = number(json, key);
  return found ? std::optional(nanoseconds(*found)) : std::nullopt;
}

void add(Json& json, const char* key, const std::optional<nanoseconds>& value) {
  if (value) json[key] = static_cast<std::int64_t>(value->count());
}

void add(Json& json, const char* key, const std::optional<std::int64_t>& value) {
  if (value) json[key] = *value;
}

template <typename T>
void fill(std::optional<T>& value, const std::optional<T>& otherwise) {
  if (!value) value = otherwise;
}

Json result_json(const HealthResult& result) {
  return Json::object({{"Start", base::rfc3339(result.start)},
                       {"End", base::rfc3339(result.end)},
                       {"ExitCode", result.exit_code},
                       {"Output", result.output}});
}

}  // namespace

void Check::fill_from(const Check& other) {
  if (test.empty()) test = other.test;
  fill(delay, other.delay);
  fill(interval, other.interval);
  fill(timeout, other.timeout);
  fill(start_period, other.start_period);
  fill(start_interval, other.start_interval);
  fill(retries, other.retries);
  fill(successes, other.successes);
}

Check Check::parse(const Json& json) {
  Check check;
  check.test = json.strings_or_none("Test");
  check.delay = duration(json, "StartDelay");
  check.interval = duration(json, "Interval");
  check.timeout = duration(json, "Timeout");
  check.start_period = duration(json, "StartPeriod");
  check.start_interval = duration(json, "StartInterval");
  check.retries = number(json, "Retries");
  check.successes = number(json, "Successes");
  return check;
}

Json Check::json() const {
  Json json = Json::object();
  if (!test.empty()) json["Test"] = test;
  add(json, "StartDelay", delay);
  add(json, "StartPeriod", start_period);
  add(json, "StartInterval", start_interval);
  add(json, "Interval", interval);
  add(json, "Timeout", timeout);
  add(json, "Retries", retries);
  add(json, "Successes", successes);
  return json;
}

OnUnhealthy parse_on_unhealthy(const std::string& word) {
  const auto* const found = std::find(kActions.begin(), kActions.end(), word);
  if (found == kActions.end()) {
    throw base::Error(word + ": not one of none, kill, restart, stop");
  }
  return static_cast<OnUnhealthy>(found - kActions.begin());
}

std::string on_unhealthy_word(OnUnhealthy action) {
  return std::string(kActions.at(static_cast<std::size_t>(action)));
}

bool HealthCheck::is_default() const {
  return json() == HealthCheck().json();
}

HealthCheck HealthCheck::parse(const Json& json) {
  HealthCheck check;
  if (const Json* regular = json.find("regular")) check.regular = Check::parse(*regular);
  if (const Json* startup = json.find("startup")) check.startup = Check::parse(*startup);
  check.on_failure = parse_on_unhealthy(json.string_or("on_failure", "none"));
  check.log_destination = json.string_or("log_destination", check.log_destination);
  check.log_count = json.integer_or("log_count", check.log_count);
  check.log_size = json.integer_or("log_size", check.log_size);
  return check;
}

Json HealthCheck::json() const {
  return Json::object({{"regular", regular.json()},
                       {"startup", startup.json()},
                       {"on_failure", on_unhealthy_word(on_failure)},
                       {"log_destination", log_destination},
                       {"log_count", log_count},
                       {"log_size", log_size}});
}

Health Health::parse(const Json& json) {
  Health health;
  health.status = json.string_or("Status", health.status);
  health.failing_streak = json.integer_or("FailingStreak", 0);
  for (const Json& entry : json.array_or_none("Log")) {
    health.log.push_back({base::parse_rfc3339(entry.at("Start").as_string()),
                          base::parse_rfc3339(entry.at("End").as_string()),
                          static_cast<int>(entry.at("ExitCode").as_integer()),
                          entry.at("Output").as_string()});
  }
  return health;
}

Json Health::json() const {
  Json json =
      Json::object({{"Status", status}, {"FailingStreak", failing_streak}, {"Log", Json::array()}});
  for (const HealthResult& result : log)
    json["Log"].push_back(result_json(result));
  return json;
}

std::optional<Health> read_health(const std::string& runtime_directory) try {
  const auto text = sys::find_file(file_of(runtime_directory));
  if (!text) return std::nullopt;
  return Health::parse(Json::parse(*text));
} catch (base::Error& error) {
  error.during(file_of(runtime_directory));
  throw;
}

void write_health(const std::string& runtime_directory, const Health& health) {
  sys::replace_file(file_of(runtime_directory), health.json().dump(), 0600);
}

}  // namespace monitor
