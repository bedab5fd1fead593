#pragma once

#include "pkg/oci/spec.hpp"
#include "pkg/sys/fd.hpp"

#include <string>

namespace containers {

// A user that was given as a number and is not in the image's /etc/passwd gets a line there, since
// many programs look themselves up: a copy with that line, in `directory`, is mounted over it. An
// image without the file gets none.
void add_user_entry(const std::string& directory, const sys::Fd& root, oci::Spec& spec);

}  // namespace containers
