#include "cmd/cli/format.hpp"
#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/size.hpp"
#include "pkg/transfer/dedup.hpp"
#include "pkg/transfer/store.hpp"

#include <fmt/core.h>

namespace pod_transfer {
namespace {

const char* word_for(transfer::Deduped::Way way) {
  switch (way) {
    case transfer::Deduped::Way::Reflinks:
      return "reflinks";
    case transfer::Deduped::Way::HardLinks:
      return "hard links";
    case transfer::Deduped::Way::None:
      break;
  }
  return "none";
}

}  // namespace

int system_dedup(const cli::Arguments& arguments) {
  transfer::DedupOptions dedup;
  std::string format = "Layers: {{.Layers}}\nFiles:  {{.Files}}\nSaved:  {{.Saved}}";
  bool quiet = false;

  cli::Options options("Store once what several layers have");
  options.flag("--dry-run", dedup.dry_run, "Only show what could be saved")
      .value("--format", format, "json, or a Go template")
      .flag("--hard-links", dedup.hard_links, "Where there are no reflinks, use hard links")
      .flag("-q,--quiet", quiet, "Only the number of bytes");
  options.parse(arguments);

  const home::Home home = home::Home::open();
  const transfer::Store store = transfer::open_store(home);
  dedup.running = transfer::running_layers(home);
  const transfer::Deduped done = transfer::dedup(store, dedup);
  if (done.way == transfer::Deduped::Way::None) {
    fmt::print(stderr,
               "The file system of the store has no reflinks, so that nothing is shared; "
               "--hard-links shares files\nwhose metadata agree, too. Containers then see a larger "
               "link count of these.\n");
  }
  const base::Json shown = base::Json::object({{"Layers", done.layers},
                                               {"Files", done.files},
                                               {"Saved", base::human_size(done.bytes)},
                                               {"RawSaved", done.bytes},
                                               {"Way", word_for(done.way)},
                                               {"DryRun", dedup.dry_run}});
  constexpr int kIndent = 4;
  if (quiet) format = "{{.RawSaved}}";
  cli::print(format == "json" ? shown.dump(kIndent) + "\n" : cli::format_object(format, shown));
  return 0;
}

}  // namespace pod_transfer
