#include "cmd/pod/command.hpp"

#include <fmt/core.h>

#include <cstdio>

namespace pod {

// `system migrate` and `system renumber`: here no process holds a user namespace for its own sake,
// and locks are files.
int system_migrate(Arguments arguments) {
  const bool migrates = arguments.command == "system migrate";
  cli::Options options("Accepted for scripts: nothing has to be moved or numbered again");
  if (migrates) options.refuse("--new-runtime");
  options.parse(arguments);
  fmt::print(stderr, "pod: {}: nothing to do: {}\n", arguments.command,
             migrates ? "containers follow /etc/subuid and /etc/subgid at their next start"
                      : "locks are files and have no numbers");
  return 0;
}

}  // namespace pod
