#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/container_options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "cmd/pod/pod_options.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/size.hpp"
#include "pkg/base/text.hpp"
#include "pkg/pods/lifecycle.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/userns/ids.hpp"

#include <fmt/core.h>

#include <cstdlib>

namespace pod {
namespace {

struct PodFlags {
  std::string name;
  std::optional<std::string> positional;
  bool replace = false;
  std::vector<std::string> labels;
  std::vector<std::string> label_files;
  std::string share = "ipc,net,uts";
  std::string shm_size = "64m";
  std::string exit_policy = "continue";
  std::string id_file;
  std::vector<std::string> sysctl;
  std::string userns;
  std::string cgroup_parent;
  bool infra = true;
  NetworkFlags network;
  ResourceFlags resources;
  MemberFlags members;

  void declare(cli::Options& options) {
    options.value("-n,--name", name, "Name; without one it is made up")
        .flag("--replace", replace, "Remove a pod of this name first")
        .values("-l,--label", labels, "KEY=VALUE")
        .values("--label-file", label_files, "File with one label a line")
        .value("--share", share, "What its containers share: ipc, net, pid, uts; +pid adds; none")
        .value("--shm-size", shm_size, "Size of /dev/shm; 0: no limit")
        .value("--exit-policy", exit_policy, "When the last container ends: continue, stop")
        .value("--pod-id-file", id_file, "File to write the pod's id to")
        .list("--sysctl", sysctl, "Kernel setting of the shared namespaces: NAME=VALUE")
        .value("--cgroup-parent", cgroup_parent,
               "Where its cgroup is: NAME.slice of systemd's, or a path")
        .value("--userns", userns,
               "User ids of its containers: host, keep-id[:uid=,gid=,size=], nomap");
    network.declare(options);
    resources.declare_for_pod(options);
    members.declare(options);
    // There is no infra container: what one would hold, the pod's monitor holds.
    options.flag("--infra", infra, "")
        .hidden()
        .ignore_values("--infra-command,--infra-image,--infra-name")
        .ignore_flags("--share-parent")
        .refuse("--gidmap,--gpus,--infra-conmon-pidfile")
        .refuse("--shm-size-systemd,--subgidname,--subuidname,--uidmap")
        .argument("NAME", positional);
  }
};

std::vector<std::string> parse_share(std::string text) {
  std::vector<std::string> shared;
  if (text.starts_with('+')) {
    shared = {"ipc", "net", "uts"};
    text.erase(0, 1);
  }
  if (text.empty() || text == "none") return shared;
  for (const std::string& each : base::split(text, ',')) {
    if (each != "ipc" && each != "net" && each != "uts" && each != "pid" && each != "cgroup") {
      throw base::Error(fmt::format("--share: {}: not one of ipc, net, pid, uts", each));
    }
    shared.push_back(each);
  }
  return shared;
}

pods::Options take(const PodFlags& flags, const Arguments& arguments) {
  pods::Options out;
  out.name = flags.positional ? *flags.positional : flags.name;
  if (!out.name.empty() && !base::is_name(out.name)) {
    throw base::Error(
        fmt::format("{}: letters, digits, and _ . - behind the first of them", out.name));
  }
  out.replace = flags.replace;
  for_each_value("--label-file", flags.label_files,
                 [&](const auto& path) { add_label_file(out.labels, path); });
  for_each_value("--label", flags.labels, [&](const auto& text) { add_pair(out.labels, text); });
  for_each_value("--sysctl", flags.sysctl,
                 [&](const auto& text) { add_setting(out.sysctl, text); });
  with_flag("--userns", [&] { return userns::Wish::parse(flags.userns); });
  const char* userns = std::getenv("PODMAN_USERNS");
  out.userns = flags.userns.empty() && userns != nullptr ? userns : flags.userns;
  with_flag("--cgroup-parent", [&] { check_cgroup_parent(flags.cgroup_parent); });
  out.cgroup_parent = flags.cgroup_parent;
  out.share = parse_share(flags.share);
  out.shm_size = with_flag("--shm-size", [&] { return base::parse_size(flags.shm_size); });
  if (flags.exit_policy != "continue" && flags.exit_policy != "stop") {
    throw base::Error(
        fmt::format("--exit-policy: {}: not one of continue, stop", flags.exit_policy));
  }
  out.exit_policy = flags.exit_policy;
  flags.network.apply(out.network);
  out.hostname = flags.network.hostname;
  flags.resources.apply(out.resources);
  flags.members.apply(out);
  out.create_command = typed(arguments);
  return out;
}

}  // namespace

int pod_create(Arguments arguments) {
  PodFlags flags;
  cli::Options options("Create a pod");
  flags.declare(options);
  options.parse(arguments);

  const pods::Options wanted = take(flags, arguments);
  const home::Home home = home::Home::open();
  const pods::Pod pod = pods::create(home, wanted);
  if (!flags.id_file.empty()) sys::replace_file(flags.id_file, pod.id);
  cli::print(pod.id + "\n");
  return 0;
}

}  // namespace pod
