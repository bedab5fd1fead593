#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/flag_values.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/sys/signals.hpp"

namespace pod {
namespace {

// --all means those that can be stopped.
void leave_out_paused(const home::Home& home, std::vector<ContainerSelection::Chosen>& chosen) {
  std::erase_if(chosen, [&](const auto& one) {
    return containers::state_of(home, one.container).status == containers::Status::Paused;
  });
}

}  // namespace

int stop(Arguments arguments) {
  ContainerSelection selection;
  selection.running_only = true;
  std::optional<std::int64_t> timeout;
  std::string signal;

  cli::Options options("Stop containers");
  options.value("-t,--time,--timeout", timeout, "Seconds until SIGKILL; -1: wait for ever")
      .value("-s,--signal", signal, "Signal to send, instead of its stop signal")
      .flag("-a,--all", selection.all, "All that run")
      .flag("-i,--ignore", selection.ignore, "A missing container is no error")
      .values("-f,--filter", selection.filters, "Those that fit KEY=VALUE, as for ps")
      .flag("-l,--latest", selection.latest, "The newest container")
      .values("--cidfile", selection.cid_files, "File with a container's id")
      .refuse("--service")
      .rest("CONTAINER", selection.names);
  options.parse(arguments);

  std::optional<int> number;
  if (!signal.empty()) number = with_flag("--signal", [&] { return sys::signal_number(signal); });

  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  std::vector<ContainerSelection::Chosen> chosen = selection.choose(home, outcome);
  if (selection.all) leave_out_paused(home, chosen);
  outcome.attempt_together(chosen, [&](const auto& one) {
    containers::stop(home, one.container, timeout, number);
    cli::print(one.typed + "\n");
  });
  return outcome.status();
}

}  // namespace pod
