#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/confirmation.hpp"
#include "pkg/upkeep/prune.hpp"

namespace pod {

int container_prune(Arguments arguments) {
  bool force = false;
  std::vector<std::string> filters;

  cli::Options options("Remove containers that do not run");
  options.values("--filter", filters, "Those that fit KEY=VALUE: until, label, label!")
      .flag("-f,--force", force, "Do not ask");
  options.parse(arguments);

  if (!force && !confirm("WARNING! This will remove all non running containers.")) return 0;
  const upkeep::Pruned pruned = upkeep::prune_containers(home::Home::open(), filters);
  for (const std::string& id : pruned.containers)
    cli::print(id + "\n");
  tell_freed(pruned.freed);
  return 0;
}

}  // namespace pod
