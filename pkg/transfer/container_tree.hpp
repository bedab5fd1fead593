#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/home/home.hpp"
#include "storage/tar/source.hpp"

#include <memory>

namespace transfer {

// What a container looks like now, without what is mounted into it, as an archive. From inside the
// user's namespace (open_store).
std::unique_ptr<tar::Source> pack_root(const home::Home& home,
                                       const containers::Container& container);

// What it has written over its image, as a layer. Throws base::Error where that is not kept apart.
std::unique_ptr<tar::Source> pack_written(const home::Home& home,
                                          const containers::Container& container);

}  // namespace transfer
