#include "pkg/kube/steps.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/fingerprint.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/container_options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include <unistd.h>

namespace kube {
namespace {

std::string text_of(const network::PortMapping& port) {
  return fmt::format("{}{}{}:{}/{}", port.host_ip, port.host_ip.empty() ? "" : ":", port.host_port,
                     port.container_port, port.protocol);
}

std::string text_of(images::PullPolicy policy) {
  constexpr const char* kWords[] = {"missing", "always", "never", "newer"};
  return kWords[static_cast<std::size_t>(policy)];
}

std::string text_of(const containers::VolumeMount& mount) {
  return fmt::format("{}{}{}:{}{}", mount.source, mount.subpath.empty() ? "" : "/", mount.subpath,
                     mount.target, mount.read_only ? ":ro" : "");
}

std::string text_of(const pods::Options& pod) {
  std::vector<std::string> parts;
  if (!pod.network.mode.empty()) parts.push_back("network " + pod.network.mode);
  for (const network::PortMapping& port : pod.network.ports)
    parts.push_back("publish " + text_of(port));
  for (const pods::Volume& volume : pod.volumes) {
    parts.push_back(
        fmt::format("volume {}{}{}", volume.name, volume.memory ? " in memory" : "",
                    volume.size_limit == 0 ? "" : fmt::format(" of {} bytes", volume.size_limit)));
  }
  return base::join(parts, ", ");
}

std::string text_of(const containers::Options& container) {
  std::vector<std::string> parts = {"image " + container.image};
  if (container.role != containers::Options::Role::Main) parts.emplace_back("runs first");
  for (const containers::VolumeMount& mount : container.mounts)
    parts.push_back("mount " + text_of(mount));
  std::vector<std::string> words = container.entrypoint.value_or(std::vector<std::string>{});
  words.insert(words.end(), container.command.begin(), container.command.end());
  for (std::string& word : words)
    word = base::shell_quote(word);
  if (!words.empty()) parts.push_back("command " + base::join(words, " "));
  return base::join(parts, ", ");
}

void add_images(const Pod& pod, const PlayOptions& options, std::vector<Step>& steps) {
  for (const auto* list : {&pod.init_containers, &pod.containers}) {
    for (const Container& container : *list) {
      const images::PullOptions pull = pull_options(container, options);
      const bool is_there = std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
        return step.name == container.image && step.pull.policy == pull.policy;
      });
      if (is_there) continue;
      Step step;
      step.kind = Step::Kind::NeedImage;
      step.name = container.image;
      step.pull = pull;
      steps.push_back(std::move(step));
    }
  }
}

void add_paths(const Pod& pod, std::vector<Step>& steps) {
  for (const Volume& volume : pod.volumes) {
    if (!volume.host_path) continue;
    Step step;
    step.kind = Step::Kind::NeedPath;
    step.name = absolute_path(pod, volume.host_path->path);
    step.path_type = volume.host_path->type;
    step.where = volume.where;
    steps.push_back(std::move(step));
  }
}

// What the file publishes, then what the command line adds or says otherwise.
std::vector<network::PortMapping> ports_of(const Pod& pod, const PlayOptions& options) {
  std::vector<network::PortMapping> ports = options.publish;
  for (const Container& container : pod.containers) {
    for (const Port& port : container.ports) {
      const std::uint16_t host_port =
          port.host_port == 0 && options.publish_all ? port.container_port : port.host_port;
      const bool is_said = std::any_of(
          options.publish.begin(), options.publish.end(), [&](const network::PortMapping& other) {
            return other.container_port == port.container_port && other.protocol == port.protocol;
          });
      if (host_port == 0 || is_said || port.protocol == "sctp") continue;
      ports.push_back({.host_ip = port.host_ip,
                       .host_port = host_port,
                       .container_port = port.container_port,
                       .range = 1,
                       .protocol = port.protocol});
    }
  }
  return ports;
}

pods::Options pod_options(const Pod& pod, const PlayOptions& options) {
  pods::Options out;
  out.name = pod.name;
  out.labels = pod.labels;
  out.annotations = pod.annotations;
  for (const auto& [key, value] : options.annotations)
    out.annotations[key] = value;
  out.hostname = pod.hostname;
  out.userns = options.userns;
  out.network = options.network;
  if (pod.host_network) {
    char name[256] = {};
    if (out.network.mode.empty()) out.network.mode = "host";
    if (pod.hostname.empty() && ::gethostname(name, sizeof name - 1) == 0) out.hostname = name;
  }
  if (out.network.mode == "none") {
    out.network.ports = options.publish;  // which is refused
    if (!ports_of(pod, options).empty()) {
      base::log::warn("pod {}: without a network, no ports are published", pod.name);
    }
  } else if (out.network.mode != "host") {
    out.network.ports = ports_of(pod, options);
  }
  if (options.network.no_hosts && !pod.host_aliases.empty()) {
    throw base::Error(pod.place + ": spec.hostAliases cannot be used with --no-hosts");
  }
  for (const HostAlias& alias : pod.host_aliases)
    out.network.hosts.push_back(fmt::format("{}:{}", base::join(alias.names, ";"), alias.ip));
  if (pod.share_processes) out.share.emplace_back("pid");
  for (const Volume& volume : pod.volumes) {
    if (!volume.empty_dir) continue;
    out.volumes.push_back({.name = volume.name,
                           .memory = volume.empty_dir->memory,
                           .size_limit = volume.empty_dir->size_limit});
  }
  out.digest = digest_of(pod, options);
  return out;
}

void add_container(const Pod& pod, const Container& container, const PlayOptions& options,
                   std::vector<Step>& steps) {
  Step step;
  step.kind = Step::Kind::MakeContainer;
  step.container = container_options(pod, container, options);
  step.name = step.container.name;
  steps.push_back(std::move(step));
}

}  // namespace

std::string absolute_path(const Pod& pod, const std::string& path) {
  const std::filesystem::path folder = std::filesystem::absolute(pod.folder);
  std::string out = (folder / path).lexically_normal().string();
  while (out.size() > 1 && out.ends_with('/'))
    out.pop_back();
  return out;
}

std::string digest_of(const Pod& pod, const PlayOptions& options) {
  std::string text = pod.content;
  const auto add = [&](std::string_view part) {
    text += '\0';
    text += part;
  };
  add(options.network.json().dump());
  for (const network::PortMapping& port : options.publish)
    add(text_of(port));
  for (const auto& [key, value] : options.annotations)
    add(fmt::format("{}={}", key, value));
  add(options.log_driver);
  add(options.log_path);
  add(options.userns);
  add(options.pod_prefix ? "prefix" : "");
  add(options.publish_all ? "all ports" : "");
  for (const Volume& volume : pod.volumes) {
    if (volume.host_path) add(absolute_path(pod, volume.host_path->path));
  }
  return base::fingerprint(text);
}

std::string Step::text() const {
  std::string more;
  switch (kind) {
    case Kind::NeedImage:
      return fmt::format("need image {} (pull when {})", name, text_of(pull.policy));
    case Kind::NeedPath:
      return fmt::format("need path {}{}{}", name, path_type.empty() ? "" : " of type ", path_type);
    case Kind::KeepPod:
      return fmt::format("keep pod {}", name);
    case Kind::RemovePod:
      return fmt::format("remove pod {}", name);
    case Kind::MakePod:
      more = text_of(pod);
      return fmt::format("make pod {}{}{}", name, more.empty() ? "" : ": ", more);
    case Kind::MakeContainer:
      return fmt::format("make container {}: {}", name, text_of(container));
    case Kind::StartPod:
      return fmt::format("start pod {}", name);
  }
  return "";
}

std::vector<Step> make_steps(const Pod& pod, const PlayOptions& options) {
  std::vector<Step> steps;
  add_images(pod, options, steps);
  add_paths(pod, steps);

  Step make;
  make.kind = Step::Kind::MakePod;
  make.name = pod.name;
  make.pod = pod_options(pod, options);
  steps.push_back(std::move(make));

  for (const Container& container : pod.init_containers)
    add_container(pod, container, options, steps);
  for (const Container& container : pod.containers)
    add_container(pod, container, options, steps);

  if (options.start) {
    Step start;
    start.kind = Step::Kind::StartPod;
    start.name = pod.name;
    steps.push_back(std::move(start));
  }
  return steps;
}

}  // namespace kube
