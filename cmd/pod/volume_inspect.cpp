#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "cmd/pod/zero_fields.hpp"
#include "pkg/containers/volume_catalog.hpp"

namespace pod {

int volume_inspect(Arguments arguments) {
  bool all = false;
  std::string format;
  std::vector<std::string> names;

  cli::Options options("Show everything about volumes");
  options.flag("-a,--all", all, "All volumes")
      .value("-f,--format", format, "json, or a Go template")
      .rest("VOLUME", names);
  options.parse(arguments);
  if (all != names.empty()) throw base::Error("name a volume, or use --all");

  const home::Home home = home::Home::open();
  const storage::VolumeStore store{storage::Layout(home)};
  std::vector<storage::Volume> found;
  Outcome outcome(arguments.command);
  if (all) found = store.list();
  for (const std::string& name : names)
    outcome.attempt([&] { found.push_back(store.get(name)); });
  base::Json::Array shown = containers::inspect_volumes(home, found);
  for (base::Json& volume : shown)
    add_volume_zeros(volume);
  cli::print(cli::format_objects(format, shown));
  return outcome.status() == 0 ? 0 : 125;
}

}  // namespace pod
