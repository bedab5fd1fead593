#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/containers/lifecycle.hpp"

namespace pod {
namespace {

using containers::Status;

void declare(cli::Options& options, ContainerSelection& selection) {
  options.values("-f,--filter", selection.filters, "Those that fit KEY=VALUE, as for ps")
      .flag("-l,--latest", selection.latest, "The newest container")
      .values("--cidfile", selection.cid_files, "File with a container's id")
      .rest("CONTAINER", selection.names);
}

// Of those that were not named, only what is `from` is meant.
template <typename Work>
int change(const std::string& command, ContainerSelection& selection, Status from, Work work) {
  selection.running_only = true;
  const bool are_named = !selection.all && selection.filters.empty();
  const home::Home home = home::Home::open();
  Outcome outcome(command);
  for (const auto& [typed, container] : selection.choose(home, outcome)) {
    if (!are_named && containers::state_of(home, container).status != from) continue;
    outcome.attempt([&] {
      work(home, container);
      cli::print(typed + "\n");
    });
  }
  return outcome.status();
}

}  // namespace

int pause(Arguments arguments) {
  ContainerSelection selection;
  cli::Options options("Halt all processes of containers");
  options.flag("-a,--all", selection.all, "All that run");
  declare(options, selection);
  options.parse(arguments);
  return change(arguments.command, selection, Status::Running, containers::pause);
}

int unpause(Arguments arguments) {
  ContainerSelection selection;
  cli::Options options("Let paused containers go on");
  options.flag("-a,--all", selection.all, "All that are paused");
  declare(options, selection);
  options.parse(arguments);
  return change(arguments.command, selection, Status::Paused, containers::unpause);
}

}  // namespace pod
