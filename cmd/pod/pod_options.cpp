#include "cmd/pod/pod_options.hpp"

#include "cmd/pod/flag_values.hpp"
#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace pod {
namespace {

// One that has no name would be another one in each container.
containers::VolumeMount parse_shared(const std::string& text) {
  containers::VolumeMount mount = parse_volume(text);
  if (mount.kind == containers::VolumeMount::Kind::Volume && mount.source.empty()) {
    throw base::Error(fmt::format("{}: a volume of a pod needs a name", text));
  }
  return mount;
}

}  // namespace

void MemberFlags::declare(cli::Options& options) {
  options
      .values("-v,--volume", volumes,
              "[SOURCE:]TARGET[:OPTIONS] for all its containers: a path, or a volume's name")
      .values("--volumes-from", volumes_from, "What a container mounts, for all: NAME[:OPTIONS]")
      .values("--device", devices, "Device of this host for all: HOST[:CONTAINER][:rwm]")
      .values("--security-opt", security,
              "For all: seccomp=unconfined|FILE, no-new-privileges, mask=PATHS, unmask=ALL|PATHS")
      .value("--restart", restart, "For all: no, on-failure[:TIMES], always, unless-stopped")
      .value("--pid", pid, "Process ids: private, host, or pod to share them")
      .value("--uts", uts, "Host name: private, host");
}

void MemberFlags::apply(pods::Options& out) const {
  containers::Options members = out.inherited.value_or(containers::Options{});
  for_each_value("--volume", volumes,
                 [&](const auto& text) { members.mounts.push_back(parse_shared(text)); });
  members.volumes_from = volumes_from;
  for_each_value("--device", devices,
                 [&](const auto& text) { members.devices.push_back(parse_device(text)); });
  for_each_value("--security-opt", security,
                 [&](const auto& text) { apply_security(members, text); });
  if (!restart.empty()) {
    members.restart =
        with_flag("--restart", [&] { return containers::RestartPolicy::parse(restart); });
  }
  apply_namespaces(out, members);
  const bool is_given = !volumes.empty() || !volumes_from.empty() || !devices.empty() ||
                        !security.empty() || !(restart + pid + uts).empty();
  if (is_given) out.inherited = std::move(members);
}

void MemberFlags::apply_namespaces(pods::Options& out, containers::Options& members) const {
  if (pid == "pod") {
    out.share.emplace_back("pid");
  } else if (pid == "host") {
    std::erase(out.share, "pid");
    members.pid_mode = pid;
  } else if (!pid.empty() && pid != "private") {
    throw base::Error(fmt::format("--pid: {}: not one of private, host, pod", pid));
  }
  if (uts == "host") {
    if (!out.hostname.empty()) throw base::Error("--uts=host cannot be used with --hostname");
    std::erase(out.share, "uts");
    members.uts_mode = uts;
  } else if (!uts.empty() && uts != "private") {
    throw base::Error(fmt::format("--uts: {}: not one of private, host", uts));
  }
}

}  // namespace pod
