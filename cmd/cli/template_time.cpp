#include "cmd/cli/template_time.hpp"

#include "pkg/base/text.hpp"
#include "pkg/base/time.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>

namespace cli {
namespace {

using base::Json;

constexpr std::string_view kTimes[] = {"checkpointedat", "created",    "createdat",
                                       "createdtime",    "finishedat", "restoredat",
                                       "startedat",      "time",       "updatedat"};
constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::string_view kNever = "0001-01-01T00:00:00Z";

// A moment where its clock stands.
struct Moment {
  std::int64_t seconds = 0;  // since 1970
  std::int64_t nanos = 0;
  std::int64_t offset = 0;  // seconds east of Greenwich
  std::string zone = "UTC";
  std::tm clock{};
};

Moment moment_of(const std::string& rfc3339) {
  constexpr std::int64_t kYearOne = -62'135'596'800;
  Moment moment;
  const base::Time time = rfc3339 == kNever ? 0 : base::parse_rfc3339(rfc3339);
  moment.nanos = ((time % kSecond) + kSecond) % kSecond;
  moment.seconds = rfc3339 == kNever ? kYearOne : (time - moment.nanos) / kSecond;
  if (!rfc3339.ends_with('Z')) {
    const std::time_t seconds = moment.seconds;
    std::tm local{};
    ::localtime_r(&seconds, &local);
    moment.offset = local.tm_gmtoff;
    moment.zone = local.tm_zone;
  }
  const std::time_t shown = moment.seconds + moment.offset;
  ::gmtime_r(&shown, &moment.clock);
  return moment;
}

std::string offset_text(const Moment& moment, std::string_view colon) {
  const std::int64_t minutes = std::abs(moment.offset) / 60;
  return fmt::format("{}{:02}{}{:02}", moment.offset < 0 ? '-' : '+', minutes / 60, colon,
                     minutes % 60);
}

// ".5" of ".999", ".500" of ".000".
std::string fraction(const Moment& moment, std::string_view digits) {
  std::string text = fmt::format("{:09}", moment.nanos).substr(0, digits.size() - 1);
  if (digits[1] == '9') text.erase(text.find_last_not_of('0') + 1);
  return text.empty() ? "" : digits[0] + text;
}

std::string two(int number) {
  return fmt::format("{:02}", number);
}

// A part of a layout: how it is written there, and what it becomes. The longer ones first.
struct Part {
  std::string_view layout;
  std::string (*text)(const Moment&);
};
constexpr Part kParts[] = {
    {"January",
     [](const Moment& m) {
       return std::string(kMonths.at(static_cast<std::size_t>(m.clock.tm_mon)));
     }},
    {"Jan",
     [](const Moment& m) {
       return std::string(kMonths.at(static_cast<std::size_t>(m.clock.tm_mon)).substr(0, 3));
     }},
    {"Monday",
     [](const Moment& m) {
       return std::string(kDays.at(static_cast<std::size_t>(m.clock.tm_wday)));
     }},
    {"Mon",
     [](const Moment& m) {
       return std::string(kDays.at(static_cast<std::size_t>(m.clock.tm_wday)).substr(0, 3));
     }},
    {"MST", [](const Moment& m) { return m.zone; }},
    {"2006", [](const Moment& m) { return fmt::format("{:04}", m.clock.tm_year + 1900); }},
    {"Z07:00", [](const Moment& m) { return m.offset == 0 ? "Z" : offset_text(m, ":"); }},
    {"Z0700", [](const Moment& m) { return m.offset == 0 ? "Z" : offset_text(m, ""); }},
    {"-07:00", [](const Moment& m) { return offset_text(m, ":"); }},
    {"-0700", [](const Moment& m) { return offset_text(m, ""); }},
    {"002", [](const Moment& m) { return fmt::format("{:03}", m.clock.tm_yday + 1); }},
    {"01", [](const Moment& m) { return two(m.clock.tm_mon + 1); }},
    {"02", [](const Moment& m) { return two(m.clock.tm_mday); }},
    {"03", [](const Moment& m) { return two((m.clock.tm_hour + 11) % 12 + 1); }},
    {"04", [](const Moment& m) { return two(m.clock.tm_min); }},
    {"05", [](const Moment& m) { return two(m.clock.tm_sec); }},
    {"06", [](const Moment& m) { return two(m.clock.tm_year % 100); }},
    {"15", [](const Moment& m) { return two(m.clock.tm_hour); }},
    {"PM", [](const Moment& m) { return std::string(m.clock.tm_hour < 12 ? "AM" : "PM"); }},
    {"pm", [](const Moment& m) { return std::string(m.clock.tm_hour < 12 ? "am" : "pm"); }},
    {"_2", [](const Moment& m) { return fmt::format("{:2}", m.clock.tm_mday); }},
    {"1", [](const Moment& m) { return std::to_string(m.clock.tm_mon + 1); }},
    {"2", [](const Moment& m) { return std::to_string(m.clock.tm_mday); }},
    {"3", [](const Moment& m) { return std::to_string((m.clock.tm_hour + 11) % 12 + 1); }},
    {"4", [](const Moment& m) { return std::to_string(m.clock.tm_min); }},
    {"5", [](const Moment& m) { return std::to_string(m.clock.tm_sec); }},
};

// How long the ".000" or ".999" is that the layout begins with.
std::size_t fraction_size(std::string_view layout) {
  if (layout.size() < 2 || (layout[0] != '.' && layout[0] != ',')) return 0;
  if (layout[1] != '0' && layout[1] != '9') return 0;
  const std::size_t end = std::min(layout.find_first_not_of(layout[1], 1), layout.size());
  const bool ends = end == layout.size() || layout[end] < '0' || layout[end] > '9';
  return ends && end <= 10 ? end : 0;
}

std::string laid_out(const Moment& moment, std::string_view layout) {
  std::string out;
  while (!layout.empty()) {
    const auto* const part =
        std::find_if(std::begin(kParts), std::end(kParts),
                     [&](const Part& each) { return layout.starts_with(each.layout); });
    std::size_t taken = fraction_size(layout);
    if (taken > 0) {
      out += fraction(moment, layout.substr(0, taken));
    } else if (part != std::end(kParts)) {
      taken = part->layout.size();
      out += part->text(moment);
    } else {
      taken = 1;
      out += layout.front();
    }
    layout.remove_prefix(taken);
  }
  return out;
}

}  // namespace

bool is_time(Value value) {
  if (!value.is_string()) return false;
  const std::string& text = value.json().as_string();
  if (text.size() < kNever.size() || text[4] != '-' || text[10] != 'T') return false;
  const std::string name = base::lower(value.name());
  return std::find(std::begin(kTimes), std::end(kTimes), name) != std::end(kTimes);
}

std::string time_text(const std::string& rfc3339) {
  return format_time(rfc3339, "2006-01-02 15:04:05.999999999 -0700 MST");
}

std::optional<Json> find_time_field(const std::string& rfc3339, const std::string& name) {
  const Moment moment = moment_of(rfc3339);
  // Beyond the years 1677 to 2262 it wraps around, as Go's does.
  const auto nanos = static_cast<std::int64_t>(static_cast<std::uint64_t>(moment.seconds) *
                                                   static_cast<std::uint64_t>(kSecond) +
                                               static_cast<std::uint64_t>(moment.nanos));
  const std::pair<std::string_view, Json> fields[] = {
      {"Unix", moment.seconds},
      {"UnixMilli", moment.seconds * 1000 + moment.nanos / 1'000'000},
      {"UnixMicro", moment.seconds * 1'000'000 + moment.nanos / 1000},
      {"UnixNano", nanos},
      {"Year", moment.clock.tm_year + 1900},
      {"Month", kMonths.at(static_cast<std::size_t>(moment.clock.tm_mon))},
      {"Day", moment.clock.tm_mday},
      {"Hour", moment.clock.tm_hour},
      {"Minute", moment.clock.tm_min},
      {"Second", moment.clock.tm_sec},
      {"Nanosecond", moment.nanos},
      {"YearDay", moment.clock.tm_yday + 1},
      {"Weekday", kDays.at(static_cast<std::size_t>(moment.clock.tm_wday))},
      {"IsZero", rfc3339 == kNever},
      {"String", time_text(rfc3339)},
      {"Local", rfc3339},
      {"UTC", rfc3339 == kNever ? rfc3339 : base::rfc3339_utc(nanos)}};
  for (const auto& [known, value] : fields) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::string format_time(const std::string& rfc3339, std::string_view layout) {
  return laid_out(moment_of(rfc3339), layout);
}

}  // namespace cli
