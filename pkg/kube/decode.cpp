#include "pkg/kube/decode.hpp"

#include "network/names.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/check.hpp"
#include "pkg/kube/decode_container.hpp"
#include "pkg/kube/quantity.hpp"
#include "pkg/kube/reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

namespace kube {
namespace {

// Keys that change what podman does; nothing of it is done here yet. Switched off, as podman's own
// files are full of them, they change nothing.
constexpr std::array<std::string_view, 6> kKnownAnnotations = {
    "io.podman.annotations.",
    "io.containers.",
    "bind-mount-options",
    "volume.podman.io/",
    "container.apparmor.security.beta.kubernetes.io/",
    "seccomp.security.alpha.kubernetes.io/",
};

constexpr std::string_view kToldTwice = "io.podman.annotations.privileged";  // by securityContext

void decode_metadata(const Reader& reader, Pod& pod) {
  const Reader name = reader.at("name");
  pod.name = name.text();
  if (reader && !name) reader.report().error(reader.line(), name.path(), "missing");
  if (name && !is_dns_subdomain(pod.name)) {
    name.error(fmt::format("{} is not a name: small letters, digits, dashes and dots", pod.name));
  }
  pod.labels = reader.map("labels");
  pod.annotations = reader.map("annotations");
  for (const auto& [key, value] : pod.annotations) {
    for (const std::string_view known : kKnownAnnotations) {
      const bool is_harmless = base::lower(value) == "false" || key.starts_with(kToldTwice);
      if (!key.starts_with(known) || is_harmless) continue;
      const Node* node = reader.at("annotations").node()->find(key);
      Reader(node, fmt::format("{}.annotations[{}]", reader.path(), key), reader.report())
          .notice("not supported yet");
    }
  }
}

HostPath decode_host_path(const Reader& reader) {
  HostPath host_path;
  host_path.path = reader.text("path");
  if (reader.at("path") && host_path.path.empty()) reader.at("path").error("is empty");
  (void)reader.choice("type", {"", "Directory", "DirectoryOrCreate", "File", "FileOrCreate",
                               "Socket", "CharDevice", "BlockDevice"});
  host_path.type = reader.text("type");
  return host_path;
}

EmptyDir decode_empty_dir(const Reader& reader) {
  EmptyDir empty_dir;
  const auto medium = reader.choice("medium", {"", "Memory"});
  empty_dir.memory = medium == 1;
  const Reader limit = reader.at("sizeLimit");
  if (!limit) return empty_dir;
  if (!empty_dir.memory) {
    limit.notice("not supported yet: only with medium Memory");
    return empty_dir;
  }
  const auto quantity = Quantity::parse(limit.text());
  if (!quantity) return empty_dir;
  empty_dir.size_limit = quantity->whole().value_or(0);
  if (!quantity->whole()) limit.error("is too large");
  return empty_dir;
}

Volume decode_volume(const Reader& reader) {
  Volume volume;
  volume.name = reader.text("name");
  if (reader.at("name") && !is_dns_label(volume.name)) {
    reader.at("name").error(
        fmt::format("{} is not a name: small letters, digits and dashes", volume.name));
  }
  std::vector<std::string> sources;
  for (const Node::Member& member : reader.node()->members) {
    if (member.key != "name" && member.value.kind != Node::Kind::Null) {
      sources.push_back(member.key);
    }
  }
  if (sources.size() > 1) {
    reader.error(fmt::format("has more than one source: {}", base::join(sources, ", ")));
  }
  if (const Reader source = reader.at("hostPath")) {
    volume.host_path = decode_host_path(source);
    volume.where = fmt::format("{}: {}", source.place(), join(source.path(), "path"));
  } else if (const Reader empty = reader.at("emptyDir")) {
    volume.empty_dir = decode_empty_dir(empty);
  } else if (sources.empty()) {
    volume.empty_dir = EmptyDir{};  // as Kubernetes fills it in
  }
  return volume;
}

void decode_host_aliases(const Reader& spec, Pod& pod) {
  for (const Reader& item : spec.at("hostAliases").items()) {
    const Reader ip = item.at("ip");
    if (ip && !network::is_address(ip.text())) {
      ip.error(fmt::format("{} is not an address", ip.text()));
    }
    pod.host_aliases.push_back({ip.text(), item.texts("hostnames")});
  }
}

std::vector<Container> decode_list(const Reader& list, const Surroundings& surroundings,
                                   bool is_init) {
  std::vector<Container> out;
  for (const Reader& item : list.items()) {
    if (item.node()->is_map()) out.push_back(decode_container(item, surroundings, is_init));
  }
  return out;
}

void decode_containers(const Reader& spec, const SecurityContext& security, Pod& pod) {
  const Surroundings surroundings{.volumes = pod.volumes, .security = security};
  pod.init_containers = decode_list(spec.at("initContainers"), surroundings, true);
  const Reader containers = spec.at("containers");
  pod.containers = decode_list(containers, surroundings, false);
  if (containers && containers.node()->is_sequence() && containers.items().empty()) {
    containers.error("a pod needs a container");
  }
  // Names that are taken among their own kind, the check has seen.
  for (const Reader& item : containers.items()) {
    const Reader name = item.at("name");
    const bool is_taken =
        std::any_of(pod.init_containers.begin(), pod.init_containers.end(),
                    [&](const Container& init) { return name && init.name == name.text(); });
    if (is_taken) name.error(fmt::format("{} is the name of an init container", name.text()));
  }
}

// A sidecar starts with the main containers: the same thing, unless an init container comes after.
void check_sidecars(const Reader& spec, const Pod& pod) {
  const std::vector<Reader> items = spec.at("initContainers").items();
  for (std::size_t i = 0; i + 1 < pod.init_containers.size() && i < items.size(); ++i) {
    const bool is_last = std::all_of(
        pod.init_containers.begin() + static_cast<std::ptrdiff_t>(i), pod.init_containers.end(),
        [](const Container& container) { return container.is_sidecar; });
    if (!pod.init_containers[i].is_sidecar || is_last) continue;
    items[i]
        .at("restartPolicy")
        .notice("not supported yet before other init containers: starts after them");
  }
}

void check_host_ports(const Reader& spec, const Pod& pod) {
  std::set<std::string> taken;
  const std::vector<Reader> items = spec.at("containers").items();
  for (std::size_t i = 0; i < pod.containers.size() && i < items.size(); ++i) {
    const std::vector<Reader> ports = items[i].at("ports").items();
    for (std::size_t j = 0; j < pod.containers[i].ports.size(); ++j) {
      const Port& port = pod.containers[i].ports[j];
      if (port.host_port == 0) continue;
      const std::string key = fmt::format("{} {} {}", port.host_port, port.protocol, port.host_ip);
      if (!taken.insert(key).second) {
        ports[j].at("hostPort").error(fmt::format("port {} is said twice", port.host_port));
      }
      if (pod.host_network && port.host_port != port.container_port) {
        ports[j].at("hostPort").error("has to be the containerPort with hostNetwork");
      }
    }
  }
}

void decode_spec(const Reader& spec, Pod& pod) {
  for (const Reader& item : spec.at("volumes").items()) {
    if (item.node()->is_map()) pod.volumes.push_back(decode_volume(item));
  }
  constexpr RestartPolicy kPolicies[] = {RestartPolicy::Always, RestartPolicy::OnFailure,
                                         RestartPolicy::Never};
  const auto policy = spec.choice("restartPolicy", {"Always", "OnFailure", "Never"});
  pod.restart_policy = kPolicies[policy.value_or(0)];
  pod.grace_period = spec.number("terminationGracePeriodSeconds", 0, kMostNumber);
  pod.hostname = spec.text("hostname");
  if (spec.at("hostname") && !is_dns_label(pod.hostname)) {
    spec.at("hostname").error("has to be of small letters, digits and dashes");
  }
  pod.host_network = spec.flag("hostNetwork");
  pod.share_processes = spec.flag("shareProcessNamespace");
  (void)spec.at("os").choice("name", {"linux"});
  decode_host_aliases(spec, pod);

  SecurityContext security;
  const Reader context = spec.at("securityContext");
  decode_identity(context, security);
  for (const Reader& group : context.at("supplementalGroups").items())
    security.supplemental_groups.push_back(group.number().value_or(0));
  decode_containers(spec, security, pod);
  check_sidecars(spec, pod);
  check_host_ports(spec, pod);
}

}  // namespace

bool is_dns_label(std::string_view text) {
  const auto is_fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), is_fine);
}

bool is_dns_subdomain(std::string_view text) {
  const std::vector<std::string> labels = base::split(text, '.');
  return text.size() <= 253 && std::all_of(labels.begin(), labels.end(),
                                           [](const std::string& l) { return is_dns_label(l); });
}

Pod decode_pod(const Node& document, const std::string& path, Report& report) {
  Pod pod;
  check(document, path, report);
  const Reader reader(&document, path, report);
  pod.place = reader.place();
  const Reader version = reader.at("apiVersion");
  if (version && version.text() != "v1") {
    version.error(fmt::format("{} has no kind Pod; did you mean v1?", version.text()));
  }
  decode_metadata(reader.at("metadata"), pod);
  if (reader.at("spec")) decode_spec(reader.at("spec"), pod);
  pod.content = document.normalised();
  return pod;
}

}  // namespace kube
