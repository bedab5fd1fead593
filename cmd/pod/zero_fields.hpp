#pragma once

#include "pkg/base/json.hpp"

namespace pod {

// What JSON leaves out where it is empty, templates can name nevertheless: `{{.Config.Entrypoint}}`
// of an image without one. These add it, not to be seen but by templates.
void add_container_zeros(base::Json& container);
void add_image_zeros(base::Json& image);
void add_volume_zeros(base::Json& volume);

}  // namespace pod
