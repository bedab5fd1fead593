#pragma once

#include "pkg/transfer/save.hpp"

#include <optional>
#include <string>

namespace transfer {

// An image that lies neither here nor in a registry: "docker-archive:FILE[:NAME]",
// "oci-archive:FILE[:NAME]", "oci:FOLDER[:NAME]", "dir:FOLDER".
struct ImagePlace {
  Layout layout = Layout::DockerArchive;
  std::string path;
  std::string name;              // "" when none is said
  std::string signature_policy;  // a policy.json in place of the usual ones
};

// Nothing for names of images. Throws base::Error for places that we do not read or write.
std::optional<ImagePlace> find_place(const std::string& text);

}  // namespace transfer
