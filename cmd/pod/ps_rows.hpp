#pragma once

#include "pkg/base/json.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/home/home.hpp"

#include <vector>

namespace pod {

// What `ps` is to look up, since it costs something.
struct PsShape {
  bool whole = false;  // ids and commands in full
  bool pods = false;   // the names of pods
  bool size = false;   // of the writable layers
  bool namespaces = false;
};

// podman's JSON of `ps`, and as methods (see cli::Template) what its templates can name.
base::Json::Array ps_rows(const home::Home& home,
                          const std::vector<containers::Container>& containers,
                          const PsShape& shape);

}  // namespace pod
