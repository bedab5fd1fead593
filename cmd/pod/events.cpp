#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/flag_values.hpp"
#include "pkg/base/error.hpp"
#include "pkg/events/filter.hpp"
#include "pkg/events/log.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>

namespace pod {
namespace {

constexpr base::Time kNever = std::numeric_limits<base::Time>::max();

// What templates can name, also where it is empty.
base::Json row_of(const events::Event& event) {
  base::Json row = event.json();
  for (const char* name :
       {"ID", "Image", "Name", "Network", "PodID", "HealthStatus", "HealthLog"}) {
    if (row.find(name) == nullptr) row[name] = "";
  }
  if (row.find("Attributes") == nullptr) row["Attributes"] = base::Json::object();
  if (row.find("ContainerExitCode") == nullptr) row["ContainerExitCode"] = 0;
  row["Time"] = base::rfc3339(event.time);
  row["TimeNano"] = event.time;
  // In podman's words, then in docker's.
  row["Details()"] =
      base::Json::object({{"ID", row.at("PodID")}, {"Attributes", row.at("Attributes")}});
  row["Actor()"] = base::Json::object({{"ID", row.at("ID")}, {"Attributes", row.at("Attributes")}});
  row["Action()"] = row.at("Status");
  row["From()"] = row.at("Image");
  return row;
}

std::string line_of(const events::Event& event, const std::string& format, bool whole) {
  if (format.empty()) return event.text(whole) + "\n";
  if (format == "json") return event.json().dump() + "\n";
  cli::Listing listing;
  listing.rows.push_back(row_of(event));
  listing.has_heading = false;
  return cli::format_rows(format, listing);
}

struct Wanted {
  std::vector<std::string> filters;
  std::string format;
  base::Time since = 0;
  base::Time until = kNever;
  bool whole = true;
  bool stream = true;
};

// How long to wait for more: to the end asked for at most.
int milliseconds_to(base::Time end) {
  if (end == kNever) return -1;
  constexpr base::Time kMillisecond = 1'000'000;
  return static_cast<int>(
      std::clamp<base::Time>((end - base::now()) / kMillisecond + 1, 0, 60'000));
}

void show(const home::Home& home, const Wanted& wanted) {
  const events::Filter filter(wanted.filters);
  events::Reader reader(home);
  while (true) {
    while (const auto event = reader.next()) {
      if (event->time > wanted.until) return;
      if (event->time < wanted.since || !filter.fits(*event)) continue;
      cli::print(line_of(*event, wanted.format, wanted.whole));
    }
    std::fflush(stdout);
    if (!wanted.stream || base::now() >= wanted.until) return;
    reader.wait(milliseconds_to(wanted.until));
  }
}

}  // namespace

int events(Arguments arguments) {
  Wanted wanted;
  std::string since;
  std::string until;

  cli::Options options("Show what happens to containers, images, pods and volumes");
  options.values("-f,--filter", wanted.filters, "Those that fit KEY=VALUE")
      .value("--format", wanted.format, "json, or a Go template")
      .flag("--no-trunc", wanted.whole, "Show ids in full")
      .value("--since", since, "From then on: a time, or a duration back from now")
      .flag("--stream", wanted.stream, "Go on with what happens")
      .value("--until", until, "Up to then: a time, or a duration from now on");
  options.parse(arguments);
  if (!since.empty()) wanted.since = base::parse_moment(since);
  if (!until.empty()) wanted.until = parse_end(until);
  // Without a beginning: what is on record, or only what happens from now on.
  if (since.empty() && wanted.stream && wanted.until > base::now()) wanted.since = base::now();

  show(home::Home::open(), wanted);
  return 0;
}

}  // namespace pod
