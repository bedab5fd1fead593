#pragma once

#include "pkg/base/json.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/home/home.hpp"
#include "pkg/pods/pod.hpp"

#include <cstdint>
#include <string>
#include <vector>

// The way back: what containers and pods are, as Kubernetes would say it.
namespace kube {

struct GenerateOptions {
  std::string kind = "pod";   // or "deployment", "daemonset", "job"
  std::int64_t replicas = 1;  // of a deployment
  bool service = false;       // another document that publishes the ports
  bool podman_only = false;   // annotations that a cluster may refuse
};

// The documents of one pod, or of standalone containers that become one. What Kubernetes has no
// word for is named in a warning, never silently left out. Throws base::Error.
std::vector<base::Json> generate(const home::Home& home, const pods::Pod& pod,
                                 const GenerateOptions& options);
std::vector<base::Json> generate(const home::Home& home,
                                 const std::vector<containers::Container>& containers,
                                 const GenerateOptions& options);

}  // namespace kube
