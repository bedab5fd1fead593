#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "pkg/containers/health.hpp"

namespace pod {

int healthcheck_run(Arguments arguments) {
  std::string name;
  bool ignores_result = false;

  cli::Options options("Run the health check of a container now");
  options.flag("--ignore-result", ignores_result, "End with 0 whatever the check says")
      .argument("CONTAINER", name);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  const std::string status = containers::ask_health(home, containers::get(home, name));
  if (status == "healthy") return 0;
  cli::print(status + "\n");
  return ignores_result ? 0 : 1;
}

}  // namespace pod
