#pragma once

#include "pkg/home/home.hpp"
#include "pkg/transfer/image_place.hpp"
#include "pkg/transfer/layers.hpp"

#include <string>
#include <vector>

namespace transfer {

struct LoadedImage {
  std::string id;
  std::vector<std::string> names;
};

// Brings all images of an archive (docker-archive, oci-archive, compressed or not), of a folder
// that holds an OCI layout, of what is at a URL, or of standard input for "-".
std::vector<LoadedImage> load(const home::Home& home, const ImagePlace& place);

// Those of them that have a name ("" for all, "@1" for the second), for `pull`.
std::vector<LoadedImage> load_from(const home::Home& home, const Store& store,
                                   const ImagePlace& place);

}  // namespace transfer
