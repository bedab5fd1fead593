#include "cmd/pod/log_options.hpp"

#include "cmd/pod/flag_values.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

namespace pod {

void LogFlags::declare(cli::Options& options) {
  options.flag("-f,--follow", plain.follow, "Go on until they end")
      .flag("-t,--timestamps", plain.timestamps, "Show when each line was written")
      .flag("-n,--names", plain.names, "Show who wrote each line")
      .flag("--color", plain.color, "A colour for each container")
      .value("--tail", tail, "Only so many of the last lines; -1 or all: all")
      .value("--since", since, "From then on: a time, or a duration back from now")
      .value("--until", until, "Up to then")
      .ignore_flags("--details");
}

containers::LogOptions LogFlags::take() const {
  containers::LogOptions out = plain;
  const std::optional<std::int64_t> lines = tail == "all" ? -1 : base::parse_integer(tail);
  if (!lines) throw base::Error(fmt::format("--tail: {}: expected a whole number or all", tail));
  out.tail = *lines;
  if (!since.empty()) out.since = base::parse_moment(since);
  if (!until.empty()) out.until = parse_end(until);
  return out;
}

containers::Container member_of(const home::Home& home, const pods::Pod& pod,
                                const std::string& name) {
  std::vector<std::string> names;
  for (const containers::Container& each : pods::members(home, pod)) {
    if (each.name == pod.name + "-" + name || each.name == name) return each;
    names.push_back(each.name);
  }
  throw base::Error(fmt::format("pod {} has no container {}; it has {}", pod.name, name,
                                base::join(names, ", ")));
}

}  // namespace pod
