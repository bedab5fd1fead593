#pragma once

#include "pkg/base/json.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/home/home.hpp"

#include <string>

namespace kube {

// Letters, digits and '-', as Kubernetes wants names.
std::string label_of(const std::string& name);

// What a container of ours is in a Pod: spec.containers[] and what it needs in spec.volumes[].
struct Described {
  base::Json container;
  base::Json::Array volumes;
};
// `ports` are those that the pod publishes for it. `prefix` ("site-") is taken from its name.
Described describe(const home::Home& home, const containers::Container& container,
                   const std::vector<network::PortMapping>& ports, const std::string& prefix);

}  // namespace kube
