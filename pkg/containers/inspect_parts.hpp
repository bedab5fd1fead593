#pragma once

#include "pkg/base/json.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/containers/sandbox.hpp"
#include "pkg/oci/spec.hpp"

#include <string>
#include <vector>

// The larger members of what `inspect` shows of a container.
namespace containers {

// An empty array, not null, when there are none.
base::Json texts(const std::vector<std::string>& values);

// {"80/tcp": [{"HostIp": "", "HostPort": "8080"}], "443/tcp": null}
base::Json ports_json(const Options& options, const network::Config& network);
// "NetworkSettings".
base::Json network_json(const Options& options, const Sandbox& sandbox);
// "Config".
base::Json config_json(const Container& container, const Sandbox& sandbox, const oci::Spec& spec);
// "HostConfig".
base::Json host_config_json(const home::Home& home, const Container& container,
                            const Sandbox& sandbox);

}  // namespace containers
