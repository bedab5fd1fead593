#include "pkg/kube/load.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/check.hpp"
#include "pkg/kube/decode.hpp"
#include "pkg/kube/reader.hpp"
#include "pkg/kube/yaml.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

namespace kube {
namespace {

constexpr std::size_t kFileLimit = std::size_t{8} << 20U;

const std::vector<std::string>& known_kinds() {
  static const std::vector<std::string> kinds = {"Pod",
                                                 "List",
                                                 "PodList",
                                                 "Deployment",
                                                 "ReplicaSet",
                                                 "ReplicationController",
                                                 "DaemonSet",
                                                 "StatefulSet",
                                                 "Job",
                                                 "CronJob",
                                                 "Service",
                                                 "Ingress",
                                                 "IngressClass",
                                                 "Gateway",
                                                 "HTTPRoute",
                                                 "ConfigMap",
                                                 "Secret",
                                                 "PersistentVolumeClaim",
                                                 "PersistentVolume",
                                                 "StorageClass",
                                                 "Namespace",
                                                 "ServiceAccount",
                                                 "Role",
                                                 "RoleBinding",
                                                 "ClusterRole",
                                                 "ClusterRoleBinding",
                                                 "NetworkPolicy",
                                                 "HorizontalPodAutoscaler",
                                                 "PodDisruptionBudget",
                                                 "LimitRange",
                                                 "ResourceQuota",
                                                 "CustomResourceDefinition",
                                                 "Endpoints",
                                                 "EndpointSlice",
                                                 "PriorityClass",
                                                 "RuntimeClass",
                                                 "PodTemplate"};
  return kinds;
}

struct File {
  std::string name;  // as messages call it
  std::string folder;
  std::string text;
};

File read(const std::string& path) {
  if (path.find("://") != std::string::npos) {
    throw base::Error(
        fmt::format("{0}: reading from the network is not supported yet; fetch it "
                    "and pass it on: curl -fsSL {0} | pod play -",
                    path));
  }
  if (path == "-") return {"stdin", ".", sys::read_file("/dev/stdin", kFileLimit)};
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  return {path, folder, sys::read_file(path, kFileLimit)};
}

// Walks over the objects of a file, unfolding lists, and hands each with its kind to `visit`.
template <typename Visit>
void each_object(const Reader& object, const Visit& visit) {  // NOLINT(misc-no-recursion)
  if (!object.node()->is_map()) {
    object.error(fmt::format("expected a Kubernetes object, found {}", object.node()->describe()));
    return;
  }
  const Reader kind = object.at("kind");
  if (!kind || !kind.node()->is_string()) {
    Reader(object.node(), kind.path(), object.report()).error("missing");
    return;
  }
  if (kind.text() != "List" && kind.text() != "PodList") return visit(object, kind);
  const Reader items = object.at("items");
  if (items && !items.node()->is_sequence()) {
    items.error(fmt::format("expected a list, found {}", items.node()->describe()));
  }
  for (const Reader& item : items.items())
    each_object(item, visit);
}

void take_other_kind(const Reader& kind) {
  const std::vector<std::string>& known = known_kinds();
  const std::string path = fmt::format("{} {}", kind.path(), kind.text());
  const Reader named(kind.node(), path, kind.report());
  const bool is_known = std::find(known.begin(), known.end(), kind.text()) != known.end();
  const auto near = is_known ? std::nullopt : base::suggest(kind.text(), known);
  if (near) {
    named.error(fmt::format("not known; did you mean {}?", *near));
  } else {
    named.notice("not supported yet");
  }
}

struct Collected {
  Loaded loaded;
  std::vector<std::string> errors;
  std::map<std::string, std::string> names;  // of pods, and where they stand
};

void load_file(const File& file, Collected& out) {
  Report report(file.name);
  bool any = false;
  for (const Node& document : parse_yaml(file.text, file.name)) {
    each_object(Reader(&document, "", report), [&](const Reader& object, const Reader& kind) {
      if (kind.text() != "Pod") return take_other_kind(kind);
      any = true;
      Pod pod = decode_pod(*object.node(), object.path(), report);
      pod.folder = file.folder;
      const auto [first, is_new] = out.names.emplace(pod.name, pod.place);
      if (!is_new && !pod.name.empty()) {
        object.at("metadata")
            .at("name")
            .error(fmt::format("{} is the name of the pod at {}", pod.name, first->second));
      }
      out.loaded.pods.push_back(std::move(pod));
    });
  }
  for (std::string& line : report.errors())
    out.errors.push_back(std::move(line));
  for (std::string& line : report.notices())
    out.loaded.notices.push_back(std::move(line));
  if (!any && !report.has_errors()) {
    std::string message = fmt::format("{}: there is nothing to play in it", file.name);
    for (const std::string& notice : report.notices())
      message += "\n" + notice;
    out.errors.push_back(message);
  }
}

Loaded finish(Collected&& collected) {
  if (!collected.errors.empty()) throw base::Error(base::join(collected.errors, "\n"));
  return std::move(collected.loaded);
}

}  // namespace

Loaded load(const std::vector<std::string>& files) {
  Collected collected;
  for (const std::string& path : files)
    load_file(read(path), collected);
  return finish(std::move(collected));
}

Loaded load_text(const std::string& text, const std::string& file, const std::string& folder) {
  Collected collected;
  load_file({file, folder, text}, collected);
  return finish(std::move(collected));
}

std::vector<std::string> pod_names(const std::vector<std::string>& files) {
  std::vector<std::string> names;
  for (const std::string& path : files) {
    const File file = read(path);
    Report report(file.name);
    for (const Node& document : parse_yaml(file.text, file.name)) {
      each_object(Reader(&document, "", report), [&](const Reader& object, const Reader& kind) {
        const Reader name = object.at("metadata").at("name");
        if (kind.text() == "Pod" && !name) object.at("metadata").error("has no name");
        if (kind.text() == "Pod" && name) names.push_back(name.text());
      });
    }
    if (report.has_errors()) throw base::Error(base::join(report.errors(), "\n"));
  }
  return names;
}

}  // namespace kube
