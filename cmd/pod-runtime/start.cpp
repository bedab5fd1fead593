#include "cmd/pod-runtime/command.hpp"
#include "pkg/bundle/lifecycle.hpp"

namespace pod_runtime {

int start(const Global& global, const cli::Arguments& arguments) {
  std::string id;

  cli::Options options("Let the process of a created container go on");
  options.argument("CONTAINER", id);
  options.parse(arguments);

  bundle::start(bundle::load(global.root, id));
  return 0;
}

}  // namespace pod_runtime
