#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/containers/volume_catalog.hpp"

namespace pod {

int volume_rm(Arguments arguments) {
  bool all = false;
  containers::VolumeRemoval how;
  std::vector<std::string> names;

  cli::Options options("Remove volumes");
  options.flag("-a,--all", all, "All volumes")
      .flag("-f,--force", how.force, "With the containers that use them; a missing one is no error")
      .value("-t,--time,--timeout", how.timeout, "Seconds until SIGKILL, with --force")
      .rest("VOLUME", names);
  options.parse(arguments);
  if (all != names.empty()) throw base::Error("name a volume, or use --all");
  if (how.timeout && !how.force) throw base::Error("--time needs --force");

  const home::Home home = home::Home::open();
  const storage::VolumeStore store{storage::Layout(home)};
  Outcome outcome(arguments.command);
  if (all) {
    for (const storage::Volume& volume : store.list())
      names.push_back(volume.name);
  }
  for (const std::string& typed : names) {
    outcome.attempt([&] {
      if (how.force && !store.has(typed)) return;
      const std::string name = store.get(typed).name;
      containers::remove_volume(home, name, how);
      cli::print(name + "\n");
    });
  }
  return outcome.status();
}

}  // namespace pod
