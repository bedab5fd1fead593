#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/container_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/clone.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/pods/pod.hpp"

namespace pod {
namespace {

struct CloneFlags {
  std::string original;
  std::optional<std::string> positional_name;
  std::optional<std::string> image;
  std::string name;
  std::string pod;
  bool destroy = false;
  bool force = false;
  bool run = false;
  ResourceFlags resources;

  void declare(cli::Options& options) {
    options.flag("--destroy", destroy, "Remove the original")
        .flag("-f,--force", force, "With --destroy: stop the original when it runs")
        .value("--name", name, "Name; without one it is ORIGINAL-clone")
        .value("--pod", pod, "Pod to join")
        .flag("--run", run, "Start the clone");
    resources.declare(options);
    options.argument("CONTAINER", original)
        .argument("NAME", positional_name)
        .argument("IMAGE", image);
  }
};

}  // namespace

int container_clone(Arguments arguments) {
  CloneFlags flags;
  cli::Options options("Make a container like another one");
  flags.declare(options);
  options.parse(arguments);
  if (flags.force && !flags.destroy) throw base::Error("--force needs --destroy");

  const home::Home home = home::Home::open();
  const containers::Container original = containers::get(home, flags.original);
  containers::CloneOptions wanted;
  wanted.name = flags.positional_name ? *flags.positional_name : flags.name;
  if (flags.image) wanted.image = *flags.image;
  if (!flags.pod.empty()) wanted.pod = pods::get(home, flags.pod).id;
  flags.resources.apply(wanted.resources);
  wanted.create_command = typed(arguments);
  if (flags.destroy && !flags.force && containers::state_of(home, original).is_running()) {
    throw base::Error("container " + original.name + " runs: stop it first, or use --force");
  }
  const containers::Container clone = containers::clone(home, original, wanted);
  if (flags.destroy) {
    containers::RemoveOptions removal;
    removal.force = flags.force;
    containers::remove(home, original, removal);
  }
  if (flags.run) containers::start(home, clone);
  cli::print(clone.id + "\n");
  return 0;
}

}  // namespace pod
