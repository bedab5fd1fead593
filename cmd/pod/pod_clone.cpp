#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/container_options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "cmd/pod/pod_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/size.hpp"
#include "pkg/containers/amend.hpp"
#include "pkg/containers/clone.hpp"
#include "pkg/pods/lifecycle.hpp"
#include "pkg/userns/ids.hpp"

namespace pod {
namespace {

struct PodCloneFlags {
  std::string original;
  std::optional<std::string> positional_name;
  std::string name;
  std::vector<std::string> labels;
  std::vector<std::string> label_files;
  std::vector<std::string> sysctl;
  std::string shm_size;
  std::string userns;
  std::string hostname;
  bool destroy = false;
  bool start = false;
  std::string cgroup_parent;
  ResourceFlags resources;
  MemberFlags members;

  void declare(cli::Options& options) {
    options.flag("--destroy", destroy, "Remove the original, its containers stopped")
        .value("-n,--name", name, "Name; without one it is ORIGINAL-clone")
        .values("-l,--label", labels, "Further labels: KEY=VALUE")
        .values("--label-file", label_files, "File with one label a line")
        .value("-h,--hostname", hostname, "Host name")
        .list("--sysctl", sysctl, "Further kernel settings: NAME=VALUE")
        .value("--shm-size", shm_size, "Size of /dev/shm; 0: no limit")
        .value("--userns", userns,
               "User ids of its containers: host, keep-id[:uid=,gid=,size=], nomap")
        .flag("--start", start, "Start the clone");
    resources.declare_for_pod(options);
    members.declare(options);
    options.ignore_values("--infra-command,--infra-image,--infra-name")
        .value("--cgroup-parent", cgroup_parent,
               "Where its cgroup is: NAME.slice of systemd's, or a path")
        .refuse("--gidmap,--gpus,--infra-conmon-pidfile")
        .refuse("--shm-size-systemd,--subgidname,--subuidname,--uidmap")
        .argument("POD", original)
        .argument("NAME", positional_name);
  }
};

pods::Options options_of_clone(const home::Home& home, const pods::Pod& original,
                               const PodCloneFlags& flags, const Arguments& arguments) {
  pods::Options options = original.options;
  options.name = flags.positional_name ? *flags.positional_name : flags.name;
  if (options.name.empty()) options.name = containers::clone_name(home, original.name);
  for_each_value("--label-file", flags.label_files,
                 [&](const auto& path) { add_label_file(options.labels, path); });
  for_each_value("--label", flags.labels,
                 [&](const auto& text) { add_pair(options.labels, text); });
  if (!flags.hostname.empty()) options.hostname = flags.hostname;
  for_each_value("--sysctl", flags.sysctl,
                 [&](const auto& text) { add_setting(options.sysctl, text); });
  if (!flags.shm_size.empty()) {
    options.shm_size = with_flag("--shm-size", [&] { return base::parse_size(flags.shm_size); });
  }
  with_flag("--userns", [&] { return userns::Wish::parse(flags.userns); });
  if (!flags.userns.empty()) options.userns = flags.userns;
  flags.members.apply(options);
  if (!flags.cgroup_parent.empty()) {
    with_flag("--cgroup-parent", [&] { check_cgroup_parent(flags.cgroup_parent); });
    options.cgroup_parent = flags.cgroup_parent;
  }
  oci::Resources changes;
  flags.resources.apply(changes);
  containers::merge(options.resources, changes);
  options.create_command = typed(arguments);
  options.replace = false;
  options.digest.clear();  // it was not played from a file
  return options;
}

}  // namespace

int pod_clone(Arguments arguments) {
  PodCloneFlags flags;
  cli::Options options("Make a pod like another one");
  flags.declare(options);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  const pods::Pod original = pods::get(home, flags.original);
  const pods::Pod clone = pods::create(home, options_of_clone(home, original, flags, arguments));
  try {
    for (const containers::Container& container : pods::members(home, original)) {
      containers::CloneOptions wanted;
      wanted.pod = clone.id;
      wanted.inherited = clone.options.inherited;
      wanted.create_command = container.options.create_command;
      containers::clone(home, container, wanted);
    }
  } catch (const base::Error&) {
    pods::remove(home, clone, true, 0);
    throw;
  }
  if (flags.destroy) pods::remove(home, original, true, std::nullopt);
  if (flags.start) pods::start(home, clone);
  cli::print(clone.id + "\n");
  return 0;
}

}  // namespace pod
