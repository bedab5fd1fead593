#include "pkg/containers/clone.hpp"

#include "pkg/base/error.hpp"
#include "pkg/containers/amend.hpp"
#include "pkg/containers/inherit.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>

namespace containers {
namespace {

// What belonged to the original alone.
void take_away(Options& options, const Container& original) {
  options.cid_file.clear();
  options.pid_file.clear();
  options.monitor_pid_file.clear();
  options.log_path.clear();
  options.replace = false;
  const auto& anonymous = original.anonymous_volumes;
  for (VolumeMount& mount : options.mounts) {
    if (std::find(anonymous.begin(), anonymous.end(), mount.source) != anonymous.end()) {
      mount.source.clear();  // it gets one of its own
    }
  }
  // The image adds its own once more.
  std::sort(options.expose.begin(), options.expose.end());
  options.expose.erase(std::unique(options.expose.begin(), options.expose.end()),
                       options.expose.end());
}

}  // namespace

std::string clone_name(const home::Home& home, const std::string& name) {
  const auto is_taken = [&](const std::string& candidate) {
    return sys::find_link(home.names() + "/" + candidate).has_value();
  };
  std::string candidate = name + "-clone";
  for (int number = 1; is_taken(candidate); ++number)
    candidate = name + "-clone" + std::to_string(number);
  return candidate;
}

Container clone(const home::Home& home, const Container& original, const CloneOptions& wanted) {
  Options options = original.options;
  take_away(options, original);
  options.name = wanted.name.empty() ? clone_name(home, original.name) : wanted.name;
  if (!wanted.image.empty()) options.image = wanted.image;
  if (!wanted.pod.empty()) {
    options.pod = wanted.pod;
    options.network = {};  // the pod's
  }
  if (wanted.inherited) inherit(options, *wanted.inherited);
  merge(options.resources, wanted.resources);
  options.create_command = wanted.create_command;
  return create(home, options);
}

}  // namespace containers
