#include "cmd/pod-runtime/command.hpp"
#include "pkg/bundle/lifecycle.hpp"
#include "pkg/sys/file.hpp"

namespace pod_runtime {

int delete_container(const Global& global, const cli::Arguments& arguments) {
  std::string id;
  bool force = false;

  cli::Options options("Remove a container that has stopped");
  options.flag("-f,--force", force, "Kill it first; fine when there is none")
      .refuse("-r,--regex")
      .argument("CONTAINER", id);
  options.parse(arguments);

  if (force && !sys::exists(global.root + "/" + id)) return 0;
  bundle::remove(bundle::load(global.root, id), force);
  return 0;
}

}  // namespace pod_runtime
