#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/pods/lifecycle.hpp"

namespace pod {
namespace {

template <typename Work>
int change(const Arguments& arguments, cli::Options& options, Work work) {
  PodSelection selection;
  options.flag("-a,--all", selection.all, "All pods")
      .flag("-l,--latest", selection.latest, "The newest pod")
      .rest("POD", selection.names);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  for (const auto& [typed, pod] : selection.choose(home, outcome)) {
    outcome.attempt([&] {
      work(home, pod);
      cli::print(typed + "\n");
    });
  }
  return outcome.status();
}

}  // namespace

int pod_pause(Arguments arguments) {
  cli::Options options("Halt all processes of pods");
  return change(arguments, options, pods::pause);
}

int pod_unpause(Arguments arguments) {
  cli::Options options("Let paused pods go on");
  return change(arguments, options, pods::unpause);
}

}  // namespace pod
