#include "cmd/pod/command.hpp"
#include "pkg/containers/container.hpp"

namespace pod {

int container_exists(Arguments arguments) {
  std::string name;

  cli::Options options("Tell by the exit code whether a container exists: 0 yes, 1 no");
  options.refuse("--external").argument("CONTAINER", name);
  options.parse(arguments);

  return containers::find(home::Home::open(), name) ? 0 : 1;
}

}  // namespace pod
