#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/listing.hpp"
#include "cmd/pod/selection.hpp"
#include "cmd/pod/usage_rows.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/report.hpp"

namespace pod {
namespace {

using base::Json;
using containers::Container;

constexpr const char* kTable =
    "table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}"
    "\t{{.PIDS}}\t{{.UpTime}}\t{{.AVGCPU}}";

struct StatsFlags {
  ContainerSelection selection;
  std::string format;
  UsageShow show;
  bool whole = false;

  void declare(cli::Options& options) {
    options.flag("-a,--all", selection.all, "Those that do not run as well")
        .value("--format", format, "json, or a Go template")
        .value("-i,--interval", show.interval, "Seconds between two looks")
        .flag("-l,--latest", selection.latest, "The newest container")
        .flag("--no-reset", show.keep, "Show a further table instead of redrawing the first")
        .flag("--no-stream", show.once, "Look once")
        .flag("--no-trunc", whole, "Show ids in full")
        .rest("CONTAINER", selection.names);
  }
};

std::vector<Container> choose(const home::Home& home, const StatsFlags& flags) {
  const ContainerSelection& selection = flags.selection;
  if (selection.names.empty() && !selection.latest) {
    return containers::select(home, {}, !selection.all);
  }
  std::vector<Container> chosen;
  for (const std::string& name : selection.names)
    chosen.push_back(containers::get(home, name));
  if (selection.latest) chosen.push_back(one_container(home, "", true));
  return chosen;
}

// What podman's templates can name besides its JSON's members, raw numbers among them.
void add_methods(Json& row, const Container& container, const UsageWatch::Sample& sample) {
  const containers::Usage& usage = sample.usage;
  const auto network = usage.network.value_or(containers::Usage::Traffic{});
  const auto disk = usage.disk.value_or(containers::Usage::Traffic{});
  const std::initializer_list<std::pair<const char*, Json>> methods = {
      {"ID()", row.at("id")},
      {"Container()", row.at("id")},
      {"ContainerID()", container.id},
      {"Name()", container.name},
      {"CPUPerc()", sample.texts.processor},
      {"AVGCPU()", sample.texts.processor_since_start},
      {"MemUsage()", sample.texts.memory},
      {"MemUsageBytes()", sample.texts.memory_binary},
      {"MemPerc()", sample.texts.memory_share},
      {"NetIO()", sample.texts.network},
      {"BlockIO()", sample.texts.disk},
      {"PIDS()", sample.texts.processes},
      {"PIDs()", usage.processes},
      {"UpTime()", sample.texts.processor_time},
      {"CPUTime()", sample.texts.processor_time},
      {"CPUNano()", usage.processor},
      {"SystemNano()", usage.at},
      {"MemLimit()", usage.memory_limit},
      {"NetInput()", network.in},
      {"NetOutput()", network.out},
      {"BlockInput()", disk.in},
      {"BlockOutput()", disk.out}};
  for (const auto& [name, value] : methods)
    row[name] = value;
}

Json row_of(const Container& container, const UsageWatch::Sample& sample, bool whole) {
  const UsageTexts& texts = sample.texts;
  Json row = Json::object({{"id", short_unless(whole, container.id)},
                           {"name", container.name},
                           {"cpu_time", texts.processor_time},
                           {"cpu_percent", texts.processor},
                           {"avg_cpu", texts.processor_since_start},
                           {"mem_usage", texts.memory},
                           {"mem_percent", texts.memory_share},
                           {"net_io", texts.network},
                           {"block_io", texts.disk},
                           {"pids", texts.processes}});
  add_methods(row, container, sample);
  return row;
}

}  // namespace

int stats(Arguments arguments) {
  StatsFlags flags;
  cli::Options options("Show what running containers use");
  flags.declare(options);
  options.parse(arguments);
  if (flags.selection.all && (flags.selection.latest || !flags.selection.names.empty())) {
    throw base::Error("name containers, or use --all or --latest: not both");
  }

  const home::Home home = home::Home::open();
  UsageWatch watch(home);
  const std::string format = flags.format.empty() ? kTable : flags.format;
  show_usage(flags.show, [&] {
    cli::Listing listing;
    listing.headings = {{"CPUPerc", "CPU %"},    {"MemUsage", "MEM USAGE / LIMIT"},
                        {"MemPerc", "MEM %"},    {"MemUsageBytes", "MEM USAGE / LIMIT"},
                        {"NetIO", "NET IO"},     {"BlockIO", "BLOCK IO"},
                        {"PIDS", "PIDS"},        {"UpTime", "CPU TIME"},
                        {"CPUTime", "CPU TIME"}, {"AVGCPU", "AVG CPU %"}};
    for (const Container& container : choose(home, flags))
      listing.rows.push_back(row_of(container, watch.look(container), flags.whole));
    return cli::format_rows(format, listing);
  });
  return 0;
}

}  // namespace pod
