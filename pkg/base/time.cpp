#include "pkg/base/time.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <limits>
#include <optional>

namespace base {
namespace {

using std::chrono::nanoseconds;
constexpr std::int64_t kSecond = 1'000'000'000;

struct Unit {
  std::string_view name;
  double nanoseconds;
};
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1e3},
                                         {"µs", 1e3},
                                         {"ms", 1e6},
                                         {"s", 1e9},
                                         {"m", 60e9},
                                         {"h", 3600e9},
                                         {"", -1}}};

// Whole seconds and what is left of them, which is never negative: before 1970, too.
struct Seconds {
  std::time_t whole = 0;
  std::int64_t nanos = 0;
};

Seconds in_seconds(Time time) {
  const std::int64_t nanos = (time % kSecond + kSecond) % kSecond;
  return {.whole = (time - nanos) / kSecond, .nanos = nanos};
}

std::string format_tm(const std::tm& tm, std::int64_t nanos) {
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}", tm.tm_year + 1900, tm.tm_mon + 1,
                     tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, nanos);
}

// Takes characters from the front of a text while they match.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool take(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    const auto number = parse_integer(rest_.substr(0, count));
    if (!number || rest_.front() == '-' || rest_.front() == '+') return std::nullopt;
    rest_.remove_prefix(count);
    return static_cast<int>(*number);
  }

  // ".123" as nanoseconds; digits past the ninth are dropped.
  std::int64_t nanos() {
    std::int64_t value = 0;
    std::int64_t scale = kSecond;
    while (peek() >= '0' && peek() <= '9') {
      scale /= 10;
      value += (peek() - '0') * scale;
      rest_.remove_prefix(1);
    }
    return value;
  }

 private:
  std::string_view rest_;
};

// "+02:00" or "Z" as seconds east of Greenwich.
std::optional<std::int64_t> read_offset(Reader& reader) {
  if (reader.take('Z') || reader.take('z')) return 0;
  const bool west = reader.peek() == '-';
  if (!reader.take('+') && !reader.take('-')) return std::nullopt;
  const auto hours = reader.digits(2);
  if (!hours || !reader.take(':')) return std::nullopt;
  const auto minutes = reader.digits(2);
  if (!minutes) return std::nullopt;
  return (west ? -1 : 1) * (*hours * 3600 + *minutes * 60);
}

// The nearest that can be told: from 1677 to 2262. Docker's "0001-01-01T00:00:00Z" is before.
Time since_epoch(std::int64_t seconds, std::int64_t nanos) {
  constexpr std::int64_t kMost = std::numeric_limits<Time>::max() / kSecond - 1;
  return std::clamp(seconds, -kMost, kMost) * kSecond + nanos;
}

std::optional<Time> read_rfc3339(std::string_view text) {
  Reader reader(text);
  std::tm tm{};
  const auto year = reader.digits(4);
  const auto month = reader.take('-') ? reader.digits(2) : std::nullopt;
  const auto day = reader.take('-') ? reader.digits(2) : std::nullopt;
  if (!year || !month || !day) return std::nullopt;
  tm.tm_year = *year - 1900;
  tm.tm_mon = *month - 1;
  tm.tm_mday = *day;
  tm.tm_isdst = -1;
  if (reader.at_end()) return since_epoch(std::mktime(&tm), 0);
  if (!reader.take('T') && !reader.take('t') && !reader.take(' ')) return std::nullopt;
  const auto hour = reader.digits(2);
  const auto minute = reader.take(':') ? reader.digits(2) : std::nullopt;
  if (!hour || !minute) return std::nullopt;
  const auto second = reader.take(':') ? reader.digits(2) : std::optional<int>(0);
  if (!second) return std::nullopt;
  tm.tm_hour = *hour;
  tm.tm_min = *minute;
  tm.tm_sec = *second;
  const std::int64_t nanos = reader.take('.') ? reader.nanos() : 0;
  if (reader.at_end()) return since_epoch(std::mktime(&tm), nanos);
  const auto offset = read_offset(reader);
  if (!offset || !reader.at_end()) return std::nullopt;
  return since_epoch(timegm(&tm) - *offset, nanos);
}

std::optional<nanoseconds> read_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return nanoseconds(0);
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = parse_number(text.substr(0, digits));
    text.remove_prefix(digits);
    const std::size_t letters = std::min(text.find_first_of("0123456789."), text.size());
    double scale = -1;
    for (const Unit& unit : kUnits) {
      if (letters > 0 && unit.name == text.substr(0, letters)) scale = unit.nanoseconds;
    }
    if (!number || scale < 0) return std::nullopt;
    total += *number * scale;
    text.remove_prefix(letters);
  }
  if (total > 9.2e18) return std::nullopt;
  return nanoseconds(static_cast<std::int64_t>(negative ? -total : total));
}

std::string trimmed_decimal(double value) {
  std::string text = fmt::format("{:.9f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

Time now() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * kSecond + time.tv_nsec;
}

std::string rfc3339(Time time) {
  if (time == 0) return "0001-01-01T00:00:00Z";
  const auto [seconds, nanos] = in_seconds(time);
  std::tm tm{};
  localtime_r(&seconds, &tm);
  const std::int64_t minutes = tm.tm_gmtoff / 60;
  const std::string text = format_tm(tm, nanos);
  if (minutes == 0) return text + "Z";
  return fmt::format("{}{}{:02}:{:02}", text, minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                     std::abs(minutes) % 60);
}

std::string rfc3339_utc(Time time) {
  if (time == 0) return rfc3339(0);
  const auto [seconds, nanos] = in_seconds(time);
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  std::string text = format_tm(tm, nanos);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + "Z";
}

std::string go_utc(Time time) {
  std::string text = rfc3339_utc(time);
  text.pop_back();
  text[text.find('T')] = ' ';
  return text + " +0000 UTC";
}

Time parse_rfc3339(std::string_view text) {
  if (const auto time = read_rfc3339(text)) return *time;
  throw Error(fmt::format("time {}: not of the form 2006-01-02T15:04:05Z", text));
}

nanoseconds parse_duration(std::string_view text) {
  if (const auto duration = read_duration(text)) return *duration;
  throw Error(fmt::format("duration {}: not of the form 1h30m or 1.5s", text));
}

Time parse_moment(std::string_view text) {
  if (const auto seconds = parse_number(text)) return static_cast<Time>(*seconds * 1e9);
  if (const auto time = read_rfc3339(text)) return *time;
  if (const auto duration = read_duration(text)) return now() - duration->count();
  throw Error(fmt::format(
      "time {}: neither Unix seconds, nor like 2006-01-02T15:04:05Z, nor a duration like 10m",
      text));
}

std::string format_duration(nanoseconds duration) {
  std::int64_t left = duration.count();
  if (left == 0) return "0s";
  const std::string sign = left < 0 ? "-" : "";
  left = std::abs(left);
  if (left < 1000) return fmt::format("{}{}ns", sign, left);
  if (left < 1'000'000) return sign + trimmed_decimal(static_cast<double>(left) / 1e3) + "µs";
  if (left < kSecond) return sign + trimmed_decimal(static_cast<double>(left) / 1e6) + "ms";
  const std::int64_t hours = left / (3600 * kSecond);
  const std::int64_t minutes = left / (60 * kSecond) % 60;
  const std::string seconds = trimmed_decimal(static_cast<double>(left % (60 * kSecond)) / 1e9);
  if (hours > 0) return fmt::format("{}{}h{}m{}s", sign, hours, minutes, seconds);
  if (minutes > 0) return fmt::format("{}{}m{}s", sign, minutes, seconds);
  return fmt::format("{}{}s", sign, seconds);
}

std::string human_duration(nanoseconds duration) {
  const std::int64_t seconds = duration.count() / kSecond;
  const std::int64_t hours = (seconds + 1800) / 3600;
  if (seconds < 1) return "Less than a second";
  if (seconds == 1) return "1 second";
  if (seconds < 60) return fmt::format("{} seconds", seconds);
  if (seconds < 120) return "About a minute";
  if (seconds < 3600) return fmt::format("{} minutes", seconds / 60);
  if (hours == 1) return "About an hour";
  if (hours < 48) return fmt::format("{} hours", hours);
  if (hours < 24 * 7 * 2) return fmt::format("{} days", hours / 24);
  if (hours < 24 * 30 * 2) return fmt::format("{} weeks", hours / 24 / 7);
  if (hours < 24 * 365 * 2) return fmt::format("{} months", hours / 24 / 30);
  return fmt::format("{} years", hours / 24 / 365);
}

}  // namespace base
