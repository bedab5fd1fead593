#include "pkg/kube/generate.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/generate_container.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace kube {
namespace {

using base::Json;
using containers::Container;

// What becomes one Pod.
struct Group {
  std::string name;
  std::string prefix;  // of its containers' names
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  network::Config network;
  std::string hostname;
  bool shares_processes = false;
  std::vector<Container> containers;
  bool is_pod = false;
};

Json table(const std::map<std::string, std::string>& values) {
  Json json = Json::object();
  for (const auto& [key, value] : values)
    json[key] = value;
  return json;
}

Json metadata_of(const Group& group, const GenerateOptions& options) {
  Json labels = Json::object({{"app", group.name}});
  for (const auto& [key, value] : group.labels)
    labels[key] = value;
  Json metadata = Json::object({{"name", group.name}, {"labels", labels}});
  if (options.podman_only && !group.annotations.empty()) {
    metadata["annotations"] = table(group.annotations);
  }
  return metadata;
}

// A Pod has one policy; the most willing of its containers says which.
std::string restart_policy(const Group& group, const std::string& kind) {
  using When = containers::RestartPolicy::When;
  if (kind == "deployment" || kind == "daemonset") return "Always";
  bool always = false;
  bool on_failure = false;
  for (const Container& container : group.containers) {
    if (container.options.role != containers::Options::Role::Main) continue;
    const When when = container.options.restart.when;
    always = always || when == When::Always || when == When::UnlessStopped;
    on_failure = on_failure || when == When::OnFailure;
  }
  if (always && kind != "job") return "Always";
  return on_failure || (always && kind == "job") ? "OnFailure" : "Never";
}

void add_network(Json& spec, const Group& group) {
  if (group.network.mode == "host") spec["hostNetwork"] = true;
  Json aliases = Json::array();
  for (const std::string& line : group.network.hosts) {  // "name[;name]:address"
    const auto [names, address] = base::split_once(line, ':');
    if (!address || *address == "host-gateway") continue;
    aliases.push_back(Json::object({{"ip", *address}, {"hostnames", base::split(names, ';')}}));
  }
  if (!aliases.as_array().empty()) spec["hostAliases"] = aliases;
}

void add_volumes(Json& spec, const Json::Array& volumes) {
  Json::Array kept;
  for (const Json& volume : volumes) {
    const bool is_known = std::any_of(kept.begin(), kept.end(), [&](const Json& other) {
      return other.at("name").as_string() == volume.at("name").as_string();
    });
    if (!is_known) kept.push_back(volume);
  }
  if (!kept.empty()) spec["volumes"] = kept;
}

// All ports stand with the first main container: a pod publishes as a whole.
Json spec_of(const home::Home& home, const Group& group, const std::string& kind) {
  Json spec = Json::object({{"containers", Json::array()}});
  Json init = Json::array();
  Json::Array volumes;
  std::vector<network::PortMapping> ports = group.network.ports;
  for (const Container& container : group.containers) {
    const bool is_main = container.options.role == containers::Options::Role::Main;
    const auto own = group.is_pod ? (is_main ? std::exchange(ports, {}) : decltype(ports)())
                                  : container.options.network.ports;
    Described described = describe(home, container, own, group.prefix);
    (is_main ? spec["containers"] : init).push_back(std::move(described.container));
    volumes.insert(volumes.end(), described.volumes.begin(), described.volumes.end());
  }
  if (!init.as_array().empty()) spec["initContainers"] = init;
  add_network(spec, group);
  if (!group.hostname.empty() && group.hostname != group.name) {
    spec["hostname"] = label_of(group.hostname);
  }
  spec["restartPolicy"] = restart_policy(group, kind);
  if (group.shares_processes) spec["shareProcessNamespace"] = true;
  add_volumes(spec, volumes);
  return spec;
}

Json document(const char* version, const char* kind, Json metadata, Json spec) {
  return Json::object({{"apiVersion", version},
                       {"kind", kind},
                       {"metadata", std::move(metadata)},
                       {"spec", std::move(spec)}});
}

Json workload(const Json& metadata, const Json& spec, const GenerateOptions& options) {
  if (options.kind == "pod") return document("v1", "Pod", metadata, spec);
  const Json outer = Json::object({{"name", metadata.at("name").as_string() + "-" + options.kind},
                                   {"labels", metadata.at("labels")}});
  Json body = Json::object();
  const Json inner = Json::object({{"metadata", metadata}, {"spec", spec}});
  if (options.kind == "job") {
    body["template"] = inner;
    return document("batch/v1", "Job", outer, body);
  }
  const bool is_deployment = options.kind == "deployment";
  if (is_deployment) body["replicas"] = options.replicas;
  body["selector"] = Json::object({{"matchLabels", metadata.at("labels")}});
  body["template"] = inner;
  return document("apps/v1", is_deployment ? "Deployment" : "DaemonSet", outer, body);
}

// A port of the node in the range that clusters give out, if the published one is not in it.
std::int64_t node_port(const network::PortMapping& port, unsigned at) {
  constexpr std::int64_t kFirst = 30000;
  constexpr std::int64_t kCount = 2768;
  const std::int64_t wanted = port.host_port + at;
  return wanted >= kFirst && wanted < kFirst + kCount ? wanted : kFirst + wanted % kCount;
}

Json service(const Json& metadata, const Group& group) {
  Json ports = Json::array();
  std::vector<network::PortMapping> published =
      group.is_pod ? group.network.ports : std::vector<network::PortMapping>();
  for (const Container& container : group.containers) {
    const auto& own = container.options.network.ports;
    if (!group.is_pod) published.insert(published.end(), own.begin(), own.end());
  }
  for (const network::PortMapping& port : published) {
    for (unsigned i = 0; i < port.range; ++i) {
      const int number = static_cast<int>(port.container_port + i);
      ports.push_back(Json::object({{"name", std::to_string(number)},
                                    {"nodePort", node_port(port, i)},
                                    {"port", number},
                                    {"protocol", base::upper(port.protocol)},
                                    {"targetPort", number}}));
    }
  }
  return document("v1", "Service", metadata,
                  Json::object({{"ports", ports},
                                {"selector", Json::object({{"app", group.name}})},
                                {"type", "NodePort"}}));
}

void check(const Group& group, const GenerateOptions& options) {
  constexpr std::string_view kKinds[] = {"pod", "deployment", "daemonset", "job"};
  if (std::find(std::begin(kKinds), std::end(kKinds), options.kind) == std::end(kKinds)) {
    throw base::Error("--type: " + options.kind + ": not one of pod, deployment, daemonset, job");
  }
  if (options.replicas != 1 && options.kind != "deployment") {
    throw base::Error("--replicas: a " + options.kind + " has none: use --type deployment");
  }
  for (const Container& container : group.containers) {
    if (!container.image_name.empty()) continue;
    throw base::Error("container " + container.name +
                      ": it has no image (--rootfs), which Kubernetes cannot do without");
  }
}

std::vector<Json> documents(const home::Home& home, const Group& group,
                            const GenerateOptions& options) {
  check(group, options);
  const Json metadata = metadata_of(group, options);
  std::vector<Json> all;
  if (options.service) all.push_back(service(metadata, group));
  all.push_back(workload(metadata, spec_of(home, group, options.kind), options));
  return all;
}

}  // namespace

std::vector<Json> generate(const home::Home& home, const pods::Pod& pod,
                           const GenerateOptions& options) {
  Group group;
  group.name = label_of(pod.name);
  group.prefix = pod.name + "-";
  group.labels = pod.options.labels;
  group.annotations = pod.options.annotations;
  group.network = pod.options.network;
  group.hostname = pod.options.hostname;
  const auto& share = pod.options.share;
  group.shares_processes = std::find(share.begin(), share.end(), "pid") != share.end();
  group.containers = pods::members(home, pod);
  group.is_pod = true;
  if (group.containers.empty()) throw base::Error("pod " + pod.name + ": has no containers");
  return documents(home, group, options);
}

std::vector<Json> generate(const home::Home& home, const std::vector<Container>& containers,
                           const GenerateOptions& options) {
  Group group;
  group.name = label_of(containers.front().name + "-pod");
  for (const Container& container : containers) {
    if (!container.pod.empty()) {
      throw base::Error("container " + container.name + " is in a pod: name the pod");
    }
    for (const auto& [key, value] : container.options.annotations)
      group.annotations[key] = value;
  }
  group.network = containers.front().options.network;
  group.hostname = containers.front().options.hostname;
  group.containers = containers;
  return documents(home, group, options);
}

}  // namespace kube
