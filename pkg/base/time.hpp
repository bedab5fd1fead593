#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace base {

// Wall-clock time as nanoseconds since 1970; 0 means "never".
using Time = std::int64_t;

Time now();

// "2026-05-19T20:58:03.123456789+02:00", in local time or in UTC ("Z"). Never is Go's zero time,
// "0001-01-01T00:00:00Z".
std::string rfc3339(Time time);
std::string rfc3339_utc(Time time);  // without zeros at the end of a fraction, as Go writes it
// Go's time.Time as text: "2026-05-19 20:58:03.5 +0000 UTC".
std::string go_utc(Time time);

// Throws Error for text that is not RFC 3339 (fractions and offset optional as image configs
// have them); also takes a date alone (local midnight).
Time parse_rfc3339(std::string_view text);

// Go's time.ParseDuration: "1h30m", "1.5s", "300ms". Throws Error otherwise.
std::chrono::nanoseconds parse_duration(std::string_view text);

// What --since, --until and the `until` filter take: Unix seconds (with fraction), RFC 3339, a
// date, or a Go duration back from now.
Time parse_moment(std::string_view text);

// Go's duration text: "1h30m0s".
std::string format_duration(std::chrono::nanoseconds duration);

// "2 minutes", "About an hour", "3 weeks": docker's units.HumanDuration.
std::string human_duration(std::chrono::nanoseconds duration);

}  // namespace base
