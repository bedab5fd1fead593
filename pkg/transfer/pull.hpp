#pragma once

#include "pkg/home/home.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/oci/platform.hpp"
#include "pkg/registry/client.hpp"
#include "pkg/transfer/layers.hpp"
#include "pkg/transfer/report.hpp"

#include <optional>
#include <string>

namespace transfer {

struct PullOptions {
  registry::Access access;
  std::optional<oci::Platform> platform;  // the host's when nobody asked
  std::string signature_policy = {};      // a policy.json in place of the usual ones
  images::PullPolicy policy = images::PullPolicy::Always;
};

// The image here that a policy is content with, so that nobody has to be asked for it. Throws
// base::Error when there is none and must not be asked for.
std::optional<storage::Image> find_pulled(const home::Home& home, const std::string& name,
                                          const PullOptions& options);

// Brings an image from its registry. Returns its id.
std::string pull(const home::Home& home, const Store& store, const std::string& name,
                 const PullOptions& options, Report& report);

}  // namespace transfer
