#pragma once

#include "pkg/oci/image_config.hpp"

#include <string>

namespace transfer {

// Applies one --change: a Containerfile's instruction on the image's configuration ("CMD sh -l",
// "ENV A=b", "EXPOSE 80/tcp"; "CMD=sh" too, as podman has it). Throws base::Error for others.
void apply_change(oci::ImageConfig& config, const std::string& change);

}  // namespace transfer
