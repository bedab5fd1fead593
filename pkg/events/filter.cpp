#include "pkg/events/filter.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <algorithm>
#include <array>

namespace events {
namespace {

bool names(const Subject& subject, const std::string& type, const std::string& value) {
  return subject.type == type && (subject.name == value || subject.id.starts_with(value));
}

bool by_container(const Event& event, const std::string& value) {
  return names(event.subject, "container", value);
}

bool by_event(const Event& event, const std::string& value) {
  if (value == "die") return event.status == "died";
  if (value == "destroy") return event.status == "remove";
  if (value == "load") return event.status == "loadfromarchive";
  if (value.starts_with("health_status: ")) {  // as docker has it
    return event.status == "health_status" && event.health_status == value.substr(15);
  }
  return event.status == value;
}

// "alpine" is docker.io/library/alpine:latest as well.
bool is_image(const std::string& name, const std::string& value) {
  if (name == value || name.starts_with(value + ":")) return true;
  return name.ends_with("/" + value) || name.find("/" + value + ":") != std::string::npos;
}

bool by_image(const Event& event, const std::string& value) {
  const Subject& subject = event.subject;
  if (subject.type == "image")
    return subject.id.starts_with(value) || is_image(subject.name, value);
  return !subject.image.empty() && is_image(subject.image, value);
}

bool by_label(const Event& event, const std::string& value) {
  const auto [key, text] = base::split_once(value, '=');
  const auto found = event.subject.attributes.find(key);
  return found != event.subject.attributes.end() && (!text || found->second == *text);
}

bool by_pod(const Event& event, const std::string& value) {
  return names(event.subject, "pod", value) ||
         (!event.subject.pod.empty() && event.subject.pod.starts_with(value));
}

bool by_type(const Event& event, const std::string& value) {
  return event.subject.type == value;
}

bool by_volume(const Event& event, const std::string& value) {
  return event.subject.type == "volume" && event.subject.name.starts_with(value);
}

struct Row {
  std::string_view key;
  bool (*fits)(const Event&, const std::string&);
  bool all = false;  // several values must all fit
};

constexpr std::array<Row, 8> kRows = {{{"container", by_container},
                                       {"event", by_event},
                                       {"status", by_event},
                                       {"image", by_image},
                                       {"label", by_label, true},
                                       {"pod", by_pod},
                                       {"type", by_type},
                                       {"volume", by_volume}}};

const Row& row_of(const std::string& key) {
  std::vector<std::string> keys;
  for (const Row& row : kRows) {
    if (row.key == key) return row;
    keys.emplace_back(row.key);
  }
  const auto meant = base::suggest(key, keys);
  throw base::Error("filter " + key + ": unknown key" +
                    (meant ? "; did you mean " + *meant + "?" : ""));
}

}  // namespace

Filter::Filter(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    const auto [key, value] = base::split_once(text, '=');
    if (!value) throw base::Error("filter " + text + ": not of the form KEY=VALUE");
    row_of(base::lower(key));
    wanted_[base::lower(key)].push_back(*value);
  }
}

bool Filter::fits(const Event& event) const {
  return std::all_of(wanted_.begin(), wanted_.end(), [&](const auto& entry) {
    const Row& row = row_of(entry.first);
    const auto fits_one = [&](const std::string& value) { return row.fits(event, value); };
    return row.all ? std::all_of(entry.second.begin(), entry.second.end(), fits_one)
                   : std::any_of(entry.second.begin(), entry.second.end(), fits_one);
  });
}

}  // namespace events
