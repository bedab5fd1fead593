#include "pkg/bundle/check.hpp"

#include "pkg/base/error.hpp"
#include "pkg/oci/settings.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace bundle {
namespace {

constexpr std::array<std::string_view, 8> kTypes = {"cgroup", "ipc",  "mount", "network",
                                                    "pid",    "time", "user",  "uts"};

void check_namespaces(const oci::Spec& spec) {
  for (const oci::Namespace& ns : spec.namespaces) {
    if (std::find(kTypes.begin(), kTypes.end(), ns.type) == kTypes.end()) {
      throw base::Error("linux.namespaces: type " + ns.type + ": unknown");
    }
    const auto count = std::count_if(spec.namespaces.begin(), spec.namespaces.end(),
                                     [&](const auto& other) { return other.type == ns.type; });
    if (count > 1) throw base::Error("linux.namespaces: type " + ns.type + ": stands twice");
    if (!ns.path.empty() && !ns.path.starts_with('/')) {
      throw base::Error("linux.namespaces: path " + ns.path + ": not absolute");
    }
  }
  const oci::Namespace* mount = spec.find_namespace("mount");
  if (mount == nullptr) {
    throw base::Error("linux.namespaces: mount: missing; a container cannot share the host's");
  }
  if (!mount->path.empty()) {
    throw base::Error("linux.namespaces: mount: path: joining somebody's mounts is not supported");
  }
}

// `what` belongs to a namespace of this type, so there has to be one that is not the host's.
void needs(const oci::Spec& spec, const char* type, const std::string& what) {
  if (spec.find_namespace(type) != nullptr) return;
  throw base::Error(
      fmt::format("{}: it would be the host's: linux.namespaces has no {}", what, type));
}

void check_sysctl(const oci::Spec& spec) {
  for (const auto& [name, value] : spec.sysctl) {
    const std::string type = oci::namespace_of_setting(name);
    const std::string what = "linux.sysctl: " + name;
    if (type.empty()) {
      throw base::Error(what + ": the kernel has it once for all, not for a container");
    }
    needs(spec, type.c_str(), what);
  }
}

void check_mounts(const oci::Spec& spec) {
  std::size_t at = 0;
  for (const oci::Mount& mount : spec.mounts) {
    if (!mount.destination.starts_with('/')) {
      throw base::Error(
          fmt::format("mounts[{}]: destination {}: not absolute", at, mount.destination));
    }
    if (mount.uid_mappings.empty() != mount.gid_mappings.empty()) {
      throw base::Error(fmt::format("mounts[{}]: uidMappings and gidMappings go together", at));
    }
    ++at;
  }
}

void check_apparmor(const oci::Process& process) {
  if (process.apparmor_profile.empty()) return;
  const auto enabled = sys::find_file("/sys/module/apparmor/parameters/enabled");
  if (enabled && enabled->starts_with('Y')) return;
  throw base::Error("process.apparmorProfile: this host has no AppArmor");
}

}  // namespace

void check_process(const oci::Process& process) {
  check_apparmor(process);
  if (process.args.empty() || process.args.front().empty()) {
    throw base::Error("process.args: missing");
  }
}

void check(const oci::Spec& spec) {
  check_namespaces(spec);
  check_mounts(spec);
  check_sysctl(spec);
  if (!spec.hostname.empty()) needs(spec, "uts", "hostname");
  if (!spec.domainname.empty()) needs(spec, "uts", "domainname");
  if (!spec.time_offsets.empty()) {
    needs(spec, "time", "linux.timeOffsets");
    if (!spec.find_namespace("time")->path.empty()) {
      throw base::Error("linux.timeOffsets: those of a joined namespace are set already");
    }
  }
  const bool has_mappings = !spec.uid_mappings.empty() || !spec.gid_mappings.empty();
  const oci::Namespace* user = spec.find_namespace("user");
  if (has_mappings && user != nullptr && !user->path.empty()) {
    throw base::Error("linux.uidMappings: those of a joined namespace are set already");
  }
  if (user != nullptr && user->path.empty() &&
      spec.uid_mappings.empty() != spec.gid_mappings.empty()) {
    throw base::Error("linux: uidMappings and gidMappings go together");
  }
  check_process(spec.process);
}

}  // namespace bundle
