#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/containers/lifecycle.hpp"

namespace pod {

int start(Arguments arguments) {
  ContainerSelection selection;
  containers::Streams streams;
  bool attach = false;

  cli::Options options("Start containers");
  options.flag("-a,--attach", attach, "Tie this terminal to it; one container only")
      .flag("-i,--interactive", streams.in, "Pass standard input on, with --attach")
      .flag("--sig-proxy", streams.signals, "Pass signals on, with --attach")
      .value("--detach-keys", streams.detach_keys, "Keys that leave it running")
      .flag("--all", selection.all, "All containers")
      .values("-f,--filter", selection.filters, "Those that fit KEY=VALUE, as for ps")
      .flag("-l,--latest", selection.latest, "The newest container")
      .rest("CONTAINER", selection.names);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  const std::vector<ContainerSelection::Chosen> chosen = selection.choose(home, outcome);
  if (attach) {
    if (chosen.size() > 1) throw base::Error("--attach takes one container");
    return chosen.empty() ? outcome.status()
                          : containers::start_attached(home, chosen.front().container, streams);
  }
  for (const auto& [typed, container] : chosen) {
    outcome.attempt([&] {
      containers::start(home, container);
      cli::print(typed + "\n");
    });
  }
  return outcome.status();
}

}  // namespace pod
