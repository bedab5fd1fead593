#pragma once

#include "pkg/base/time.hpp"
#include "pkg/home/home.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace images {

// One step in the making of an image.
struct Step {
  std::string image;               // id of the image that ended with it; "" when that is not here
  std::vector<std::string> names;  // of that image
  base::Time created = 0;
  std::string created_by;
  std::string comment;
  std::int64_t size = 0;  // bytes that its layer has
};

// Newest first. Throws base::Error when there is no such image.
std::vector<Step> history(const home::Home& home, const std::string& image);

// A layer of an image, with the images that end with it.
struct TreeLayer {
  std::string id;
  std::int64_t size = 0;
  std::vector<std::string> top_of;  // names of images
  std::vector<TreeLayer> above;     // what rests on it; only where `layers_above` tells
};

// The layers of an image, bottom first.
std::vector<TreeLayer> layers_of(const home::Home& home, const std::string& image);
// The same, and all layers here that rest on the topmost one.
std::vector<TreeLayer> layers_above(const home::Home& home, const std::string& image);

}  // namespace images
