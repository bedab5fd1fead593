#include "cmd/pod-runtime/command.hpp"
#include "pkg/bundle/lifecycle.hpp"

namespace pod_runtime {

int pause(const Global& global, const cli::Arguments& arguments) {
  std::string id;

  cli::Options options("Stop all processes of a container for a while");
  options.argument("CONTAINER", id);
  options.parse(arguments);

  bundle::pause(bundle::load(global.root, id));
  return 0;
}

int resume(const Global& global, const cli::Arguments& arguments) {
  std::string id;

  cli::Options options("Let the processes of a paused container go on");
  options.argument("CONTAINER", id);
  options.parse(arguments);

  bundle::resume(bundle::load(global.root, id));
  return 0;
}

}  // namespace pod_runtime
