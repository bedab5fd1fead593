#include "pkg/bundle/features.hpp"

#include "cmd/pod-runtime/command.hpp"

#include <fmt/core.h>

namespace pod_runtime {

int features(const Global& /*global*/, const cli::Arguments& arguments) {
  cli::Options options("Show what this runtime understands");
  options.parse(arguments);

  fmt::print("{}\n", bundle::features().dump(2));
  return 0;
}

}  // namespace pod_runtime
