#include "cmd/pod/container_options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/userns/ids.hpp"

#include <fmt/core.h>

namespace pod {

void IsolationFlags::declare(cli::Options& options) {
  options.list("--cap-add", cap_add, "Give it capabilities, or ALL")
      .list("--cap-drop", cap_drop, "Take capabilities from it, or ALL")
      .flag("--privileged", privileged, "All capabilities, no masks, no system call filter")
      .values("--security-opt", security,
              "seccomp=unconfined|FILE, no-new-privileges, mask=PATHS, unmask=ALL|PATHS")
      .flag("--read-only", read_only, "Nothing can be written to its root file system")
      .flag("--read-only-tmpfs", read_only_tmpfs,
            "With --read-only keep /run, /tmp, /var/tmp writable")
      .list("--sysctl", sysctl, "Kernel setting of its namespaces: NAME=VALUE")
      .values("--device", devices, "Device of this host: HOST[:CONTAINER][:rwm]")
      .value("--pid", pid, "Process ids: private, host, container:NAME, ns:PATH")
      .value("--ipc", ipc, "Shared memory: private, host, none, shareable, container:NAME, ns:PATH")
      .value("--uts", uts, "Host name: private, host, container:NAME, ns:PATH")
      .value("--cgroupns", cgroupns, "View of the cgroups: private, host")
      .value("--cgroups", cgroups, "A cgroup of its own: enabled, disabled, no-conmon, split")
      .value("--cgroup-parent", cgroup_parent,
             "Where its cgroup is: NAME.slice of systemd's, or a path")
      .value(
          "--userns", userns,
          "User ids: host, keep-id[:uid=,gid=,size=], nomap, auto[:size=,uidmapping=,gidmapping=], "
          "container:NAME")
      .value("--subuidname", subuid_name, "All ids that /etc/subuid gives this name, from 0 on")
      .value("--subgidname", subgid_name, "All ids that /etc/subgid gives this name, from 0 on")
      .list("--uidmap", uid_map,
            "User ids one by one: CONTAINER:ID[:COUNT], @ID for one of the host")
      .list("--gidmap", gid_map, "The same for groups")
      .ignore_values("--isolation")
      .refuse("--gpus", "give it the devices with --device and the driver's files with --volume")
      .refuse("--device-cgroup-rule", "only root may change which devices a cgroup may use")
      .refuse("--use-api-socket", "there is no daemon, and so no socket of it")
      .refuse("--seccomp-policy,--rdt-class");
}

void IsolationFlags::apply_cgroups(containers::Options& out) const {
  if (!cgroups.empty() && cgroups != "enabled" && cgroups != "disabled" && cgroups != "no-conmon" &&
      cgroups != "split") {
    throw base::Error(
        fmt::format("--cgroups={}: not one of enabled, disabled, no-conmon, split", cgroups));
  }
  out.has_cgroup = cgroups != "disabled";
  out.splits_cgroup = cgroups == "split";
  out.cgroup_parent = cgroup_parent;
  if (cgroup_parent.empty()) return;
  if (!out.has_cgroup) throw base::Error("--cgroup-parent: there is none with --cgroups=disabled");
  if (out.splits_cgroup) throw base::Error("--cgroup-parent cannot be used with --cgroups=split");
  with_flag("--cgroup-parent", [&] { check_cgroup_parent(cgroup_parent); });
}

void IsolationFlags::apply(containers::Options& out) const {
  for (const std::string& name : cap_add)
    out.cap_add.push_back(base::upper(name));
  for (const std::string& name : cap_drop)
    out.cap_drop.push_back(base::upper(name));
  out.privileged = privileged;
  for_each_value("--security-opt", security, [&](const auto& text) { apply_security(out, text); });
  out.read_only = read_only;
  out.read_only_tmpfs = read_only_tmpfs;
  for_each_value("--sysctl", sysctl, [&](const auto& text) { add_setting(out.sysctl, text); });
  for_each_value("--device", devices,
                 [&](const auto& text) { out.devices.push_back(parse_device(text)); });
  out.pid_mode = with_flag("--pid", [&] { return parse_namespace(pid, {}); });
  out.ipc_mode = with_flag("--ipc", [&] { return parse_namespace(ipc, {"none", "shareable"}); });
  if (out.ipc_mode == "shareable") out.ipc_mode = "private";  // ours can always be joined
  out.uts_mode = with_flag("--uts", [&] { return parse_namespace(uts, {}); });
  if (!cgroupns.empty() && cgroupns != "private" && cgroupns != "host") {
    throw base::Error(fmt::format("--cgroupns={}: not supported yet", cgroupns));
  }
  out.cgroup_mode = cgroupns;
  apply_cgroups(out);
  if (!userns.empty() && !(uid_map.empty() && gid_map.empty())) {
    throw base::Error("--userns cannot be used with --uidmap and --gidmap");
  }
  const bool has_names = !(subuid_name.empty() && subgid_name.empty());
  if (has_names && !(userns.empty() && uid_map.empty() && gid_map.empty())) {
    throw base::Error(
        "--subuidname and --subgidname cannot be used with --userns, --uidmap, --gidmap");
  }
  out.userns = userns;
  out.uid_map = uid_map;
  out.gid_map = gid_map;
  if (!userns.starts_with("container:")) {
    with_flag("--userns", [&] { return userns::Wish::parse(userns); });
  }
}

}  // namespace pod
