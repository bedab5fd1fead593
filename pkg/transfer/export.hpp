#pragma once

#include "pkg/home/home.hpp"

#include <string>

namespace transfer {

// Writes the root of a container, running or not, as one flat archive without its volumes: to a
// file, or to standard output for "".
void export_container(const home::Home& home, const std::string& container,
                      const std::string& path);

}  // namespace transfer
