#pragma once

#include "pkg/home/home.hpp"
#include "pkg/kube/objects.hpp"
#include "pkg/kube/steps.hpp"

#include <string>
#include <vector>

namespace kube {

// What a play comes to on this machine as it is: nothing for pods that run with the same content,
// a start for those that have stopped. Throws base::Error for a pod that is there with another
// content, unless it is to be replaced.
std::vector<Step> plan(const home::Home& home, const std::vector<Pod>& pods,
                       const PlayOptions& options);

struct Played {
  std::string id;
  std::string name;
  std::string outcome;                  // "created", "started", "replaced", "unchanged"
  std::vector<std::string> containers;  // ids, without those of init containers
};

// Walks the steps of the plan; pods of the same names are played one after the other, whoever plays
// them. When a step fails or a signal interrupts it, what the steps before it made is removed
// again; the error then has the last lines of what a failed container said, or the status 128 and
// the signal's number.
std::vector<Played> play(const home::Home& home, const std::vector<Pod>& pods,
                         const PlayOptions& options);

// Returns when all of the pods have come to their end, or on SIGINT, SIGTERM or SIGHUP.
void wait_for_end(const home::Home& home, const std::vector<Played>& played);

}  // namespace kube
