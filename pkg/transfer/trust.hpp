#pragma once

#include "pkg/oci/reference.hpp"
#include "pkg/registry/client.hpp"
#include "pkg/registry/policy.hpp"

#include <string>
#include <vector>

namespace transfer {

// Throws base::Error unless the policy lets in the image that is wanted by this name. `client` is
// where it was found; `digests` are those of its manifest and of the index around it, either of
// which may have been signed. Called before anything else of the image is fetched.
void require_trusted(const registry::Policy& policy, registry::Client& client,
                     const oci::Reference& wanted, const std::vector<std::string>& digests);

// The same for images of local files, which have no signatures: a transport is let in or not.
void require_trusted(const registry::Policy& policy, const std::string& transport);

}  // namespace transfer
