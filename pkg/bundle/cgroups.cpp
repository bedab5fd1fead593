#include "pkg/bundle/cgroups.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/cgroup/cgroup.hpp"
#include "pkg/cgroup/delegation.hpp"
#include "pkg/sys/caps.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/userns/mapping.hpp"

#include <fmt/core.h>

#include <limits>

#include <unistd.h>

namespace bundle {
namespace {

constexpr const char* kRoot = "/sys/fs/cgroup";

// "slice:prefix:name", as with --systemd-cgroup.
struct Unit {
  std::string slice;
  std::string name;
};
Unit unit_of(const std::string& path, const std::string& id) {
  if (path.empty()) return {"", "pod-runtime-" + id + ".scope"};
  const auto parts = base::split(path, ':');
  if (parts.size() != 3) {
    throw base::Error("linux.cgroupsPath " + path + ": expected slice:prefix:name for systemd");
  }
  const std::string name = parts[1].empty() ? parts[2] : parts[1] + "-" + parts[2];
  return {parts[0], name.ends_with(".slice") ? name : name + ".scope"};
}

bool may_write(const std::string& folder) {
  return ::access(folder.c_str(), W_OK) == 0 &&
         ::access((folder + "/cgroup.procs").c_str(), W_OK) == 0;
}

// The folder that is there already on the way to `path`.
std::string nearest(std::string path) {
  while (path.size() > std::string(kRoot).size() && !sys::exists(path))
    path.erase(path.rfind('/'));
  return path;
}

// Where to make it: at the very path when that is ours to write, else below what is delegated.
cgroup::Delegation place_for(const std::string& wanted, std::string& name) {
  if (wanted.starts_with('/')) {
    const std::string there = nearest(kRoot + wanted);
    if (there.size() > std::string(kRoot).size() && may_write(there)) {
      name = (kRoot + wanted).substr(there.size());
      while (name.starts_with('/'))
        name.erase(0, 1);
      return {there, "", {}};
    }
  }
  return cgroup::find_delegation();
}

std::string name_for(const std::string& wanted, const std::string& id) {
  std::string name = wanted.empty() ? "pod-runtime-" + id : wanted;
  while (name.starts_with('/'))
    name.erase(0, 1);
  for (const std::string& part : base::split(name, '/')) {
    if (part == ".." || part == "." || part.empty()) {
      throw base::Error("linux.cgroupsPath " + wanted + ": not a plain path");
    }
  }
  return name;
}

[[noreturn]] void refuse(const std::vector<std::string>& unmet, const std::string& reason) {
  throw base::Error(
      fmt::format("linux.resources: {} cannot be applied: {}", base::join(unmet, ", "), reason));
}

// Rules about devices are for who can make nodes. In a user namespace nobody can, and of those that
// are there each was put there by the configuration itself.
void check_devices(const oci::Spec& spec) {
  if (!spec.resources.denies_devices || spec.find_namespace("user") != nullptr) return;
  const auto map = userns::parse_map(sys::read_file("/proc/self/uid_map"));
  const bool is_initial =
      map.size() == 1 && map.front().count == std::numeric_limits<std::uint32_t>::max();
  if (!is_initial || !spec.process.capability_sets) return;
  for (const std::string& name : spec.process.capability_sets->bounding) {
    if (name != "CAP_MKNOD") continue;
    throw base::Error(
        "linux.resources.devices: cannot be enforced on root of the whole machine with CAP_MKNOD");
  }
}

// The first of the folders on the way to `name` that is missing.
std::string first_missing(const std::string& folder, const std::string& name) {
  std::string path = folder;
  for (const std::string& part : base::split(name, '/')) {
    path += "/" + part;
    if (!sys::exists(path)) break;
  }
  return path;
}

// Who named a cgroup hears that there is none; without a name it is our own idea.
void tell_of_none(const oci::Spec& spec, const std::string& reason) {
  if (spec.cgroups_path.empty()) {
    base::log::debug("no cgroup: {}", reason);
  } else {
    base::log::warn("linux.cgroupsPath {}: no cgroup: {}", spec.cgroups_path, reason);
  }
}

MadeCgroup make_in(const oci::Spec& spec, const cgroup::Delegation& delegation,
                   const std::string& name) {
  const std::vector<cgroup::Setting> settings = cgroup::settings_of(spec.resources);
  const std::vector<std::string> asked = cgroup::asked_in(settings);
  if (delegation.path.empty()) {
    if (!asked.empty()) refuse(asked, delegation.reason);
    tell_of_none(spec, delegation.reason);
    return {};
  }
  if (name.empty()) throw base::Error("linux.cgroupsPath: that cgroup is there already");
  const std::string top = first_missing(delegation.path, name);
  const cgroup::Made made = cgroup::make(delegation, name, settings);
  if (!made.unmet.empty()) {
    remove_cgroup({made.path, top});
    refuse(made.unmet, delegation.path + " does not hand the controller down");
  }
  return {made.path, top};
}

}  // namespace

void remove_cgroup(const MadeCgroup& made) {
  cgroup::remove(made.path);
  std::string path = made.path;
  while (path.size() > made.top.size() && !made.top.empty()) {
    path.erase(path.rfind('/'));
    if (::rmdir(path.c_str()) != 0) return;
  }
}

Cgroups parse_cgroups(const std::string& word) {
  if (word.empty() || word == "cgroupfs") return Cgroups::Files;
  if (word == "systemd") return Cgroups::Systemd;
  if (word == "disabled") return Cgroups::None;
  throw base::Error("--cgroup-manager " + word + ": expected cgroupfs, systemd or disabled");
}

uid_t outer_user() {
  const uid_t own = ::geteuid();
  for (const userns::Extent& extent : userns::parse_map(sys::read_file("/proc/self/uid_map"))) {
    if (own >= extent.inside && own - extent.inside < extent.count) {
      return extent.outside + (own - extent.inside);
    }
  }
  return own;
}

MadeCgroup make_cgroup(const oci::Spec& spec, const std::string& id, Cgroups how) {
  check_devices(spec);
  const std::vector<cgroup::Setting> settings = cgroup::settings_of(spec.resources);
  if (how == Cgroups::None) {
    if (!settings.empty()) refuse(cgroup::asked_in(settings), "--cgroup-manager=disabled");
    return {};
  }
  if (how == Cgroups::Systemd) {
    const Unit unit = unit_of(spec.cgroups_path, id);
    return make_in(spec, cgroup::enter_scope(outer_user(), unit.name, unit.slice), "container");
  }
  std::string name = name_for(spec.cgroups_path, id);
  const cgroup::Delegation delegation = place_for(spec.cgroups_path, name);
  try {
    return make_in(spec, delegation, name);
  } catch (const base::SysError& error) {
    if (!cgroup::asked_in(settings).empty()) throw;
    tell_of_none(spec, error.what());
    return {};
  }
}

}  // namespace bundle
