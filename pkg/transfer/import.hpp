#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/platform.hpp"

#include <string>
#include <vector>

namespace transfer {

struct ImportOptions {
  std::string
      archive;       // a root file system as tar, compressed or not; a URL; "-" is standard input
  std::string name;  // "" for an image without a name
  std::string message;
  std::vector<std::string> changes;  // as apply_change takes them
  oci::Platform platform = oci::Platform::host();
};

// Makes an image of one layer. Returns its id.
std::string import_archive(const home::Home& home, const ImportOptions& options);

}  // namespace transfer
