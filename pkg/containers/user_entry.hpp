#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/home/home.hpp"
#include "pkg/oci/spec.hpp"
#include "pkg/sys/fd.hpp"

namespace containers {

// Users that the image's /etc/passwd does not have get a line there, since many programs look
// themselves up: the caller, when its id is kept, and a user that was given as a number. A copy
// with these lines, in the container's folder, is mounted over the file; the same for the caller's
// group and /etc/group. An image without the file gets none.
void add_user_entries(const home::Home& home, const Container& container, const sys::Fd& root,
                      oci::Spec& spec);

}  // namespace containers
