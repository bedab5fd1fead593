#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/kube/generate.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

// Pods become documents of their own, standalone containers together one more.
std::vector<base::Json> documents_of(const std::vector<std::string>& names,
                                     const kube::GenerateOptions& options) {
  const home::Home home = home::Home::open();
  std::vector<base::Json> all;
  std::vector<containers::Container> standalone;
  const auto add = [&](const std::vector<base::Json>& more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  for (const std::string& name : names) {
    if (const auto pod = pods::find(home, name)) {
      add(kube::generate(home, *pod, options));
    } else if (const auto container = containers::find(home, name)) {
      standalone.push_back(*container);
    } else {
      throw base::Error(name + ": no such pod or container");
    }
  }
  if (!standalone.empty()) add(kube::generate(home, standalone, options));
  return all;
}

}  // namespace

int kube_generate(Arguments arguments) {
  kube::GenerateOptions how;
  std::vector<std::string> names;
  std::string file;

  cli::Options options("Write a Kubernetes YAML file of pods or containers");
  options.value("-f,--filename", file, "File to write, which must not be there yet")
      .value("-r,--replicas", how.replicas, "How many of a deployment")
      .flag("-s,--service", how.service, "With a service that publishes the ports")
      .value("-t,--type", how.kind, "pod, deployment, daemonset, job")
      .flag("--podman-only", how.podman_only, "With annotations, which clusters may refuse")
      .ignore_flags("--no-trunc")
      .rest("NAME", names, 1);
  options.parse(arguments);

  std::string text = fmt::format(
      "# Written by pod {}, to be run by `pod play` or `kubectl apply -f`.\n", POD_VERSION);
  bool is_first = true;
  for (const base::Json& document : documents_of(names, how)) {
    if (!std::exchange(is_first, false)) text += "---\n";
    text += cli::format_yaml(document);
  }
  if (file.empty() || file == "-") {
    cli::print(text);
  } else {
    if (sys::exists(file)) throw base::Error(file + ": is there already");
    sys::create_file(file, text);
  }
  return 0;
}

}  // namespace pod
