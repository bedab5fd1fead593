#pragma once

#include "pkg/kube/steps.hpp"

namespace kube {

// A container of the file in the words of `pod run`.
containers::Options container_options(const Pod& pod, const Container& container,
                                      const PlayOptions& options);

images::PullOptions pull_options(const Container& container, const PlayOptions& options);

}  // namespace kube
