#pragma once

#include "pkg/base/json.hpp"
#include "pkg/home/home.hpp"
#include "storage/image_store.hpp"

#include <vector>

namespace pod {

// podman's JSON of `images`: one object an image.
base::Json::Array image_objects(const home::Home& home, const std::vector<storage::Image>& images);

// The same once for each name, with what templates can name as methods (see cli::Template).
base::Json::Array image_rows(const home::Home& home, const std::vector<storage::Image>& images,
                             bool whole);

// Keeps those that containers were made of, or the others.
void keep_used(const home::Home& home, std::vector<storage::Image>& images, bool is_used);

}  // namespace pod
