#pragma once

#include "pkg/oci/hooks.hpp"

#include <string>
#include <vector>

namespace bundle {

// Runs them one after the other in our own namespaces, each with the state on its standard input.
// Throws base::Error when one fails or takes longer than its timeout; the others are not run then.
// `member` is their name in config.json: "createRuntime".
void run_hooks(const std::string& member, const std::vector<oci::Hook>& hooks,
               const std::string& state);

// The same; failures are warned of, and the others are run.
void run_hooks_anyway(const std::string& member, const std::vector<oci::Hook>& hooks,
                      const std::string& state);

}  // namespace bundle
