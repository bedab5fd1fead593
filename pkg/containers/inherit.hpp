#pragma once

#include "pkg/containers/options.hpp"
#include "pkg/home/home.hpp"

namespace containers {

// --volumes-from: what those mount, at targets where nothing is mounted yet.
void add_volumes_of_others(const home::Home& home, Options& options);

// What a pod has for its containers: mounts, devices, what they may not do, restart policy and
// namespaces. What the container itself was given counts more.
void inherit(Options& options, const Options& from);

}  // namespace containers
