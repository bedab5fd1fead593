#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/containers/sweep.hpp"

namespace pod {

int rm(Arguments arguments) {
  ContainerSelection selection;
  selection.missing_status = 1;
  containers::RemoveOptions how;

  cli::Options options("Remove containers");
  options.flag("-f,--force", how.force, "Stop those that run; a missing container is no error")
      .flag("-v,--volumes", how.volumes, "With their anonymous volumes")
      .value("-t,--time,--timeout", how.timeout, "Seconds until SIGKILL, with --force")
      .flag("-a,--all", selection.all, "All containers")
      .flag("-i,--ignore", selection.ignore, "A missing container is no error")
      .values("--filter", selection.filters, "Those that fit KEY=VALUE, as for ps")
      .flag("-l,--latest", selection.latest, "The newest container")
      .values("--cidfile", selection.cid_files, "File with a container's id")
      .refuse("--depend,--storage")
      .rest("CONTAINER", selection.names);
  options.parse(arguments);
  if (how.timeout && !how.force) throw base::Error("--time needs --force");
  selection.ignore = selection.ignore || how.force;

  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  const std::vector<ContainerSelection::Chosen> chosen = selection.choose(home, outcome);
  outcome.attempt_together(chosen, [&](const auto& one) {
    containers::throw_away(home, one.container, how);
    cli::print(one.typed + "\n");
  });
  if (chosen.empty()) return outcome.status();
  outcome.attempt([&] { containers::tidy_up(home); });
  return outcome.status();
}

}  // namespace pod
