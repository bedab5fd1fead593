#include "pkg/containers/literal.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/bind.hpp"
#include "pkg/runtime/literal.hpp"
#include "pkg/runtime/tree.hpp"
#include "pkg/runtime/users.hpp"
#include "pkg/seccomp/profile.hpp"
#include "pkg/sys/caps.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace containers {
namespace {

void take_user(const runtime::Identity& identity, oci::Process& process) {
  process.user.uid = identity.uid;
  process.user.gid = identity.gid;
  process.user.additional_gids.assign(identity.groups.begin(), identity.groups.end());
  process.user.name.clear();
  process.user.additional_groups.clear();
  const bool has_home =
      std::any_of(process.env.begin(), process.env.end(),
                  [](const std::string& variable) { return variable.starts_with("HOME="); });
  if (!has_home) process.env.push_back("HOME=" + identity.home);
}

// As our own planner has it: root has all, others have the ambient ones.
void take_sets(oci::Process& process) {
  const sys::CapabilitySet all = sys::capability_set(process.capabilities);
  const bool is_root = process.user.uid == 0;
  const sys::CapabilitySet ambient =
      is_root ? 0 : sys::capability_set(process.ambient_capabilities) & all;
  const auto names = [](sys::CapabilitySet set) {
    std::vector<std::string> words;
    for (const std::string& name : sys::capability_names(set))
      words.push_back(name.starts_with("CAP_") ? name : "CAP_" + name);
    return words;
  };
  const auto effective = names(is_root ? all : ambient);
  process.capability_sets =
      oci::CapabilitySets{names(all), effective, effective, names(ambient), names(ambient)};
}

// Nobody without privileges can raise a hard limit, and other runtimes try.
void fit_limits(oci::Process& process) {
  for (oci::Rlimit& limit : process.rlimits) {
    rlimit ours{};
    // NOLINTNEXTLINE: glibc's own enumeration in C++.
    const auto resource = static_cast<__rlimit_resource>(runtime::limit_number(limit.type));
    if (::getrlimit(resource, &ours) != 0) throw base::SysError("getrlimit " + limit.type);
    limit.soft = std::min<std::uint64_t>(limit.soft, ours.rlim_max);
    limit.hard = std::min<std::uint64_t>(limit.hard, ours.rlim_max);
    if (!limit.type.starts_with("RLIMIT_")) limit.type = "RLIMIT_" + base::upper(limit.type);
  }
}

// Lower than we have it is for root alone.
void fit_oom_score(oci::Process& process) {
  if (!process.oom_score_adj) return;
  const auto ours =
      base::parse_integer(base::trim(sys::find_file("/proc/self/oom_score_adj").value_or("")));
  if (ours.value_or(0) > *process.oom_score_adj) process.oom_score_adj.reset();
}

base::Json filter_json(const oci::Spec& spec) {
  const sys::CapabilitySet capabilities = sys::capability_set(spec.process.capabilities);
  if (spec.seccomp == "unconfined") return {};
  if (spec.seccomp.empty()) return seccomp::filter_json(seccomp::default_profile(capabilities));
  return seccomp::filter_json(
      seccomp::parse_profile(base::Json::parse(sys::read_file(spec.seccomp)), capabilities));
}

std::string path_of(const sys::Fd& ns) {
  return fmt::format("/proc/{}/fd/{}", ::getpid(), ns.get());
}

void join_namespaces(oci::Spec& spec, const runtime::Namespaces& shared) {
  const auto fd_of = [&](const std::string& type) -> const sys::Fd* {
    if (type == "user") return &shared.user;
    if (type == "network") return &shared.net;
    if (type == "ipc") return &shared.ipc;
    if (type == "uts") return &shared.uts;
    return type == "pid" ? &shared.pid : nullptr;
  };
  std::vector<oci::Namespace> all;
  for (oci::Namespace ns : spec.namespaces) {
    const sys::Fd* fd = fd_of(ns.type);
    const bool is_shared = fd != nullptr && *fd;
    if (ns.path.empty() && is_shared) ns.path = path_of(*fd);
    const bool is_made = ns.type == "pid" || ns.type == "mount" || ns.type == "cgroup";
    if (!ns.path.empty() || is_made) all.push_back(ns);
  }
  spec.namespaces = std::move(all);
}

const sys::Fd& find_prepared(std::span<const runtime::Prepared> prepared, const std::string& name) {
  for (const runtime::Prepared& candidate : prepared) {
    if (candidate.name == name) return candidate.mount;
  }
  throw base::Error("nothing was prepared as " + name);
}

// What needs no knowledge of ours stays as it is; the others are mounted at a place and bound from
// there.
void place_mount(oci::Mount& mount, const Surroundings& around, Places& places) {
  const bool is_prepared = mount.type == "prepared";
  if (!is_prepared && mount.subpath.empty()) return;
  const runtime::MountOptions options = runtime::parse_mount_options(mount.options);
  const sys::Fd made =
      is_prepared ? runtime::bind_part(find_prepared(around.prepared, mount.source), mount, options)
                  : runtime::bind_mount(mount, false);
  mount.source = places.add(made);
  mount.type = "bind";
  mount.subpath.clear();
  mount.make_subpath = false;
}

oci::Mount device_mount(const oci::Device& device) {
  return {device.path, "bind", device.source, {"bind", "rw"}, "", false, {}, {}};
}

// Other runtimes make a working directory that is missing; we make the image's, and the user's own
// has to be there. What is in a mount is not looked at.
void check_directory(const oci::Spec& spec, const sys::Fd& root) {
  const std::string& cwd = spec.process.cwd;
  const bool is_mounted =
      std::any_of(spec.mounts.begin(), spec.mounts.end(), [&](const oci::Mount& mount) {
        return cwd == mount.destination || cwd.starts_with(mount.destination + "/");
      });
  if (is_mounted || sys::find_in(root, cwd)) return;
  throw base::SysError("working directory " + cwd, ENOENT, 127);
}

void make_ready(const oci::Spec& spec, const sys::Fd& root) {
  const runtime::Tree tree(root);
  if (spec.process.make_cwd) tree.make_directory(tree.resolve(spec.process.cwd));
  check_directory(spec, root);
  try {
    tree.make_file(tree.resolve("/run/.containerenv"));
  } catch (const base::Error& error) {
    base::log::debug("no /run/.containerenv: {}", error.what());
  }
}

}  // namespace

Places::~Places() {
  for (const std::string& place : made_) {
    ::umount2(place.c_str(), MNT_DETACH);
    if (::rmdir(place.c_str()) != 0) ::unlink(place.c_str());
  }
}

std::string Places::add(const sys::Fd& mount) {
  sys::make_dirs(folder_, 0700);
  const std::string place = folder_ + "/" + std::to_string(made_.size());
  struct stat status {};
  if (::fstat(mount.get(), &status) != 0) throw base::SysError(place);
  if (S_ISDIR(status.st_mode)) {
    sys::make_dir(place, 0700);
  } else {
    sys::replace_file(place, "");
  }
  made_.push_back(place);
  sys::move_mount(mount, place);
  return place;
}

oci::Spec literal_spec(const oci::Spec& spec, const Surroundings& around, Places& places) {
  if (spec.init) throw base::Error("--init: only our own runtime has an init");
  oci::Spec literal = spec;
  make_ready(spec, around.root);
  literal.seccomp_filter = filter_json(spec);
  literal.seccomp.clear();
  const runtime::Identity identity = runtime::resolve_user(around.root, spec.process.user);
  if (identity.keeps_groups) throw base::Error("--group-add keep-groups: not with --runtime");
  take_user(identity, literal.process);
  take_sets(literal.process);
  fit_limits(literal.process);
  fit_oom_score(literal.process);
  literal.process.make_cwd = false;
  join_namespaces(literal, around.namespaces);
  // They are set already, in the namespaces that are joined.
  literal.hostname.clear();
  literal.sysctl.clear();
  for (oci::Mount& mount : literal.mounts)
    place_mount(mount, around, places);
  for (const oci::Device& device : literal.devices)
    literal.mounts.push_back(device_mount(device));
  literal.devices.clear();
  return literal;
}

}  // namespace containers
