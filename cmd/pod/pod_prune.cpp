#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/confirmation.hpp"
#include "pkg/upkeep/prune.hpp"

namespace pod {

int pod_prune(Arguments arguments) {
  bool force = false;

  cli::Options options("Remove pods whose containers have all ended");
  options.flag("-f,--force", force, "Do not ask");
  options.parse(arguments);

  if (!force && !confirm("WARNING! This will remove all stopped/exited pods..")) return 0;
  const upkeep::Pruned pruned = upkeep::prune_pods(home::Home::open(), {});
  for (const std::string& id : pruned.pods)
    cli::print(id + "\n");
  tell_freed(pruned.freed);
  return 0;
}

}  // namespace pod
