#pragma once

#include "pkg/containers/options.hpp"
#include "pkg/containers/sandbox.hpp"
#include "pkg/home/home.hpp"
#include "pkg/userns/ids.hpp"

namespace containers {

// Decides with which ids a container that is being made will live: its pod's, those of the
// container whose namespaces it joins, or its own wish; and that it runs as the caller when the
// caller's id is kept and nobody says otherwise. Throws base::Error naming the option.
void assign_ids(const home::Home& home, Options& options);

// What was decided.
userns::Ids ids_of(const Options& options);

// What a pod wishes for all its containers.
userns::Ids ids_for_pod(const home::Home& home, const std::string& mode);

bool keeps_id(const std::string& mode);

}  // namespace containers
