#pragma once

#include "pkg/oci/spec.hpp"

namespace bundle {

// A configuration to begin with, as the peers' `spec` writes it: a shell in ./rootfs. `rootless`
// for an ordinary user, who becomes root of a user namespace.
oci::Spec template_spec(bool rootless);

}  // namespace bundle
