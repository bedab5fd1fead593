#include "cmd/pod/command.hpp"
#include "cmd/pod/confirmation.hpp"
#include "pkg/upkeep/reset.hpp"

#include <fmt/core.h>

namespace pod {

int system_reset(Arguments arguments) {
  bool force = false;

  cli::Options options("Stop all containers and remove everything");
  options.flag("-f,--force", force, "Do not ask");
  options.parse(arguments);

  const home::Home home = home::Home::open();
  const std::string question = fmt::format(
      "WARNING! This will remove:\n"
      "        - all containers\n"
      "        - all pods\n"
      "        - all images\n"
      "        - all volumes\n"
      "        - the graphRoot directory: \"{}\"\n"
      "        - the runRoot directory: \"{}\"",
      home.storage(), home.runtime);
  if (force || confirm(question)) upkeep::reset(home);
  return 0;
}

}  // namespace pod
