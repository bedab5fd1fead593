#include "pkg/events/event.hpp"

#include <fmt/core.h>

#include <ctime>

namespace events {
namespace {

using base::Json;

void add_unless_empty(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

// Go's time.Time as it prints itself: "2026-05-19 20:58:03.5 +0200 CEST".
std::string go_time(base::Time time) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::time_t seconds = time / kSecond;
  std::tm tm{};
  ::localtime_r(&seconds, &tm);
  std::string text(64, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &tm));
  std::string fraction = fmt::format(".{:09}", time % kSecond);
  fraction.resize(fraction.find_last_not_of('0') + 1);
  std::string zone(32, '\0');
  zone.resize(std::strftime(zone.data(), zone.size(), " %z %Z", &tm));
  return text + (fraction == "." ? "" : fraction) + zone;
}

std::string details(const Event& event) {
  const Subject& subject = event.subject;
  std::string text = fmt::format("image={}, name={}", subject.image, subject.name);
  const auto add = [&](const std::string& key, const std::string& value) {
    if (!value.empty()) text += fmt::format(", {}={}", key, value);
  };
  add("pod_id", subject.pod);
  add("health_status", event.health_status);
  for (const auto& [key, value] : subject.attributes)
    text += fmt::format(", {}={}", key, value);
  return text;
}

}  // namespace

Event Event::parse(const Json& json) {
  Event event;
  event.time = json.at("timeNano").as_integer();
  event.status = json.at("Status").as_string();
  event.subject.type = json.at("Type").as_string();
  event.subject.id = json.string_or("ID", "");
  event.subject.name = json.string_or("Name", "");
  event.subject.image = json.string_or("Image", "");
  event.subject.pod = json.string_or("PodID", "");
  for (const auto& [key, value] : json.object_or_none("Attributes"))
    event.subject.attributes[key] = value.as_string();
  if (const Json* code = json.find("ContainerExitCode")) {
    event.exit_code = static_cast<int>(code->as_integer());
  }
  event.oom_killed = json.bool_or("OOMKilled", false);
  event.health_status = json.string_or("HealthStatus", "");
  event.health_log = json.string_or("HealthLog", "");
  return event;
}

Json Event::json() const {
  constexpr std::int64_t kSecond = 1'000'000'000;
  Json json = Json::object();
  if (exit_code) json["ContainerExitCode"] = *exit_code;
  add_unless_empty(json, "ID", subject.id);
  add_unless_empty(json, "Image", subject.image);
  add_unless_empty(json, "Name", subject.name);
  add_unless_empty(json, "PodID", subject.pod);
  add_unless_empty(json, "HealthStatus", health_status);
  add_unless_empty(json, "HealthLog", health_log);
  if (oom_killed) json["OOMKilled"] = true;
  json["Status"] = status;
  json["Type"] = subject.type;
  json["time"] = static_cast<std::int64_t>(time / kSecond);
  json["timeNano"] = time;
  for (const auto& [key, value] : subject.attributes)
    json["Attributes"][key] = value;
  return json;
}

std::string Event::text(bool whole) const {
  constexpr std::size_t kShort = 12;
  const std::string id = whole ? subject.id : subject.id.substr(0, kShort);
  const std::string head = fmt::format("{} {} {}", go_time(time), subject.type, status);
  if (subject.type == "container" || subject.type == "pod") {
    return fmt::format("{} {} ({})", head, id, details(*this));
  }
  if (subject.type == "image") return fmt::format("{} {} {}", head, id, subject.name);
  return subject.name.empty() ? head : head + " " + subject.name;
}

}  // namespace events
