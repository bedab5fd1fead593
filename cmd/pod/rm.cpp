#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/containers/sweep.hpp"

#include <algorithm>

namespace pod {
namespace {

using Chosen = std::vector<ContainerSelection::Chosen>;

// Those that require one of them (`run --requires`), and those that require these.
void add_dependents(const home::Home& home, Chosen& chosen) {
  const std::vector<containers::Container> all = containers::list(home);
  const auto is_chosen = [&](const std::string& id) {
    return std::ranges::any_of(chosen, [&](const auto& one) { return one.container.id == id; });
  };
  for (std::size_t at = 0; at < chosen.size(); ++at) {
    const std::string wanted = chosen[at].container.id;
    for (const containers::Container& each : all) {
      const bool requires_it = std::ranges::count(each.options.dependencies, wanted) > 0;
      if (requires_it && !is_chosen(each.id)) chosen.push_back({each.id, each});
    }
  }
}

}  // namespace

int rm(Arguments arguments) {
  ContainerSelection selection;
  selection.missing_status = 1;
  containers::RemoveOptions how;
  bool depend = false;

  cli::Options options("Remove containers");
  options.flag("-f,--force", how.force, "Stop those that run; a missing container is no error")
      .flag("-v,--volumes", how.volumes, "With their anonymous volumes")
      .value("-t,--time,--timeout", how.timeout, "Seconds until SIGKILL, with --force")
      .flag("-a,--all", selection.all, "All containers")
      .flag("-i,--ignore", selection.ignore, "A missing container is no error")
      .values("--filter", selection.filters, "Those that fit KEY=VALUE, as for ps")
      .flag("-l,--latest", selection.latest, "The newest container")
      .values("--cidfile", selection.cid_files, "File with a container's id")
      .flag("--depend", depend, "Those that require them, too")
      .refuse("--storage")
      .rest("CONTAINER", selection.names);
  options.parse(arguments);
  if (how.timeout && !how.force) throw base::Error("--time needs --force");
  selection.ignore = selection.ignore || how.force;

  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  std::vector<ContainerSelection::Chosen> chosen = selection.choose(home, outcome);
  if (depend) add_dependents(home, chosen);
  outcome.attempt_together(chosen, [&](const auto& one) {
    containers::throw_away(home, one.container, how);
    cli::print(one.typed + "\n");
  });
  if (chosen.empty()) return outcome.status();
  outcome.attempt([&] { containers::tidy_up(home); });
  return outcome.status();
}

}  // namespace pod
