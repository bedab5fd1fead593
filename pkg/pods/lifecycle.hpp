#pragma once

#include "pkg/containers/recruit.hpp"
#include "pkg/pods/pod.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What can be done with pods; errors as in containers/lifecycle.hpp.
namespace pods {

Pod create(const home::Home& home, const Options& options);

// Init containers one after the other, then all others that do not run yet. One monitor for all.
// Throws "failed to start 1 container: ..." when some did not start; those that did stay.
void start(const home::Home& home, const Pod& pod,
           std::optional<containers::Recruit> recruit = std::nullopt);
// All containers at once, each with its own stop signal and the longer of its timeouts. Throws when
// one of them is paused.
void stop(const home::Home& home, const Pod& pod, std::optional<std::int64_t> timeout);
void kill(const home::Home& home, const Pod& pod, int signal);
// All its containers that run, or are paused.
void pause(const home::Home& home, const Pod& pod);
void unpause(const home::Home& home, const Pod& pod);
void restart(const home::Home& home, const Pod& pod, std::optional<std::int64_t> timeout);

// With its containers and volumes. Running containers and not `force`: throws with status 2.
void remove(const home::Home& home, const Pod& pod, bool force,
            std::optional<std::int64_t> timeout);
// The same, but its space is free only after storage::empty_trash.
void throw_away(const home::Home& home, const Pod& pod, bool force,
                std::optional<std::int64_t> timeout);

}  // namespace pods
