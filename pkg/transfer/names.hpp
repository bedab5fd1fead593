#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/registry/configuration.hpp"

#include <string>
#include <vector>

namespace transfer {

// registries.conf, whose short names are left for `pod` as well (images::ShortNames).
registry::Configuration read_configuration(const home::Home& home);

// What a name stands for in the world, the likeliest first; several only when a short name is to be
// looked for in several registries. May ask on a terminal. Throws base::Error when it must not
// guess.
std::vector<oci::Reference> complete(const home::Home& home,
                                     const registry::Configuration& configuration,
                                     const std::string& text);

}  // namespace transfer
