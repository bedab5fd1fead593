#pragma once

#include "pkg/home/home.hpp"

#include <string>
#include <vector>

namespace transfer {

struct LoadedImage {
  std::string id;
  std::vector<std::string> names;
};

// Brings all images of an archive (docker-archive, oci-archive, compressed or not), of a folder
// that holds an OCI layout, or of standard input for "-".
std::vector<LoadedImage> load(const home::Home& home, const std::string& path);

}  // namespace transfer
