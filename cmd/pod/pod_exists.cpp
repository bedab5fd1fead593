#include "cmd/pod/command.hpp"
#include "pkg/pods/pod.hpp"

namespace pod {

int pod_exists(Arguments arguments) {
  std::string name;

  cli::Options options("Tell by the exit code whether a pod exists: 0 yes, 1 no");
  options.argument("POD", name);
  options.parse(arguments);

  return pods::find(home::Home::open(), name) ? 0 : 1;
}

}  // namespace pod
