#include "pkg/containers/inherit.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/container.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace containers {
namespace {

bool is_target(const Options& options, const std::string& target) {
  return std::any_of(options.mounts.begin(), options.mounts.end(),
                     [&](const VolumeMount& mount) { return mount.target == target; });
}

// Labels of SELinux (z, Z) are not ours to give.
void apply_mode(VolumeMount& mount, const std::string& text, const std::string& mode) {
  if (mode == "ro" || mode == "rw") {
    mount.read_only = mode == "ro";
  } else if (!mode.empty() && mode != "z" && mode != "Z") {
    throw base::Error(fmt::format("--volumes-from {}: {}: not one of ro, rw, z, Z", text, mode));
  }
}

template <typename Values>
void append(Values& values, const Values& more) {
  values.insert(values.end(), more.begin(), more.end());
}

}  // namespace

void add_volumes_of_others(const home::Home& home, Options& options) {
  for (const std::string& text : options.volumes_from) {
    const auto [name, modes] = base::split_once(text, ':');
    for (VolumeMount mount : get(home, name).options.mounts) {
      for (const std::string& mode : base::split(modes.value_or(""), ','))
        apply_mode(mount, text, mode);
      if (!is_target(options, mount.target)) options.mounts.push_back(std::move(mount));
    }
  }
}

void inherit(Options& options, const Options& from) {
  for (const VolumeMount& mount : from.mounts)
    if (!is_target(options, mount.target)) options.mounts.push_back(mount);
  append(options.devices, from.devices);
  options.no_new_privileges = options.no_new_privileges || from.no_new_privileges;
  if (options.seccomp.empty()) options.seccomp = from.seccomp;
  append(options.mask, from.mask);
  append(options.unmask, from.unmask);
  const bool may_restart = options.restart.when == RestartPolicy::When::No && !options.remove;
  if (may_restart) options.restart = from.restart;
  if (options.pid_mode.empty()) options.pid_mode = from.pid_mode;
  if (options.uts_mode.empty()) options.uts_mode = from.uts_mode;
}

}  // namespace containers
