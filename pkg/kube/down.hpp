#pragma once

#include "pkg/home/home.hpp"

#include <string>
#include <vector>

namespace kube {

struct TakenDown {
  std::vector<std::string> stopped;  // ids of pods
  std::vector<std::string> removed;
};

// Stops and removes the pods of these names, the last one first; those that are not there are no
// error. Goes on after a failure and throws base::Error at the end, when `done` has the rest.
void take_down(const home::Home& home, const std::vector<std::string>& names, TakenDown& done);

}  // namespace kube
