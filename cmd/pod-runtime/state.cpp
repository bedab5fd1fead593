#include "cmd/pod-runtime/command.hpp"
#include "pkg/base/time.hpp"
#include "pkg/bundle/store.hpp"

#include <fmt/core.h>

namespace pod_runtime {

int state(const Global& global, const cli::Arguments& arguments) {
  std::string id;

  cli::Options options("Show the state of a container");
  options.argument("CONTAINER", id);
  options.parse(arguments);

  const bundle::Container container = bundle::load(global.root, id);
  const bundle::Status status = bundle::status_of(container);
  const bool has_process = status != bundle::Status::Stopped && status != bundle::Status::Creating;
  const pid_t pid = has_process ? container.process.pid : 0;
  const oci::Spec spec = container.spec();
  base::Json json = bundle::state_json(container, spec, status, pid);
  // Go's readers want a number, whatever the state.
  if (pid == 0) json["pid"] = 0;
  json["rootfs"] = container.rootfs;
  json["created"] = base::rfc3339_utc(container.created);
  json["owner"] = container.owner;
  fmt::print("{}\n", json.dump(2));
  return 0;
}

}  // namespace pod_runtime
