#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/listing.hpp"
#include "cmd/pod/selection.hpp"
#include "cmd/pod/usage_rows.hpp"
#include "pkg/base/error.hpp"

namespace pod {
namespace {

using base::Json;

constexpr const char* kTable =
    "table {{.Pod}}\t{{.CID}}\t{{.Name}}\t{{.CPU}}\t{{.MemUsage}}\t{{.Mem}}\t{{.NetIO}}"
    "\t{{.BlockIO}}\t{{.PIDS}}";

std::vector<pods::Pod> choose(const home::Home& home, const PodSelection& selection) {
  std::vector<pods::Pod> chosen;
  for (const std::string& name : selection.names)
    chosen.push_back(pods::get(home, name));
  if (selection.latest) {
    std::optional<pods::Pod> newest = pods::latest(home);
    if (!newest) throw base::Error("there is no pod");
    chosen.push_back(std::move(*newest));
  }
  return selection.names.empty() && !selection.latest ? pods::list(home) : chosen;
}

Json row_of(const pods::Pod& pod, const containers::Container& container, const UsageTexts& texts) {
  return Json::object({{"CPU", texts.processor},
                       {"MemUsage", texts.memory},
                       {"MemUsageBytes", texts.memory_binary},
                       {"Mem", texts.memory_share},
                       {"NetIO", texts.network},
                       {"BlockIO", texts.disk},
                       {"PIDS", texts.processes},
                       {"Pod", short_unless(false, pod.id)},
                       {"CID", short_unless(false, container.id)},
                       {"Name", container.name}});
}

}  // namespace

int pod_stats(Arguments arguments) {
  PodSelection selection;
  std::string format = kTable;
  UsageShow show;

  cli::Options options("Show what the containers of pods use");
  options.flag("-a,--all", selection.all, "All pods, as without a name")
      .value("--format", format, "json, or a Go template")
      .flag("-l,--latest", selection.latest, "The newest pod")
      .flag("--no-reset", show.keep, "Show a further table instead of redrawing the first")
      .flag("--no-stream", show.once, "Look once")
      .rest("POD", selection.names);
  options.parse(arguments);
  if (selection.all && (selection.latest || !selection.names.empty())) {
    throw base::Error("name pods, or use --all or --latest: not both");
  }

  const home::Home home = home::Home::open();
  UsageWatch watch(home);
  show_usage(show, [&] {
    cli::Listing listing;
    listing.headings = {{"CPU", "CPU %"},    {"MemUsage", "MEM USAGE / LIMIT"},
                        {"Mem", "MEM %"},    {"MemUsageBytes", "MEM USAGE / LIMIT"},
                        {"NetIO", "NET IO"}, {"BlockIO", "BLOCK IO"}};
    for (const pods::Pod& pod : choose(home, selection)) {
      for (const containers::Container& container : pods::members(home, pod)) {
        if (!containers::state_of(home, container).is_running()) continue;
        listing.rows.push_back(row_of(pod, container, watch.look(container).texts));
      }
    }
    return cli::format_rows(format, listing);
  });
  return 0;
}

}  // namespace pod
