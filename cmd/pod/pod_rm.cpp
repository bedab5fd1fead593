#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/pods/lifecycle.hpp"
namespace pod {

int pod_rm(Arguments arguments) {
  PodSelection selection;
  selection.missing_status = 1;
  bool force = false;
  std::optional<std::int64_t> timeout;

  cli::Options options("Remove pods");
  options.flag("-f,--force", force, "Stop those that run; a missing pod is no error")
      .value("-t,--time,--timeout", timeout, "Seconds until SIGKILL, with --force")
      .flag("-i,--ignore", selection.ignore, "A missing pod is no error")
      .values("--pod-id-file", selection.id_files, "File with a pod's id")
      .flag("-a,--all", selection.all, "All pods")
      .flag("-l,--latest", selection.latest, "The newest pod")
      .rest("POD", selection.names);
  options.parse(arguments);
  if (timeout && !force) throw base::Error("--time needs --force");
  selection.ignore = selection.ignore || force;

  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  for (const auto& [typed, pod] : selection.choose(home, outcome)) {
    outcome.attempt([&] {
      pods::remove(home, pod, force, timeout);
      cli::print(typed + "\n");
    });
  }
  return outcome.status();
}

}  // namespace pod
