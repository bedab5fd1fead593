#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/oci/spec.hpp"
#include "pkg/sys/fd.hpp"

namespace containers {

// The container's user, as it is known outside of the container. Throws base::Error when it has no
// such id.
struct Taker {
  uid_t uid = 0;
  gid_t gid = 0;
};
Taker taker_of(const Container& container, const sys::Fd& root, const oci::User& user);

// A named or anonymous volume that has never been mounted gets what the image has at its place, and
// where that has nothing belongs to the container's user; what is mounted with the option U is
// given to that user each time. Called inside the user namespace, so that owners can be kept.
void prepare_volumes(const home::Home& home, const Container& container, const sys::Fd& root,
                     const oci::User& user);

// The writable layer, the record, the log, the name and, when asked for, the anonymous volumes:
// gone for everybody at once. The container does not run. What takes long is left in the trash: see
// storage::empty_trash.
void remove_files(const home::Home& home, const Container& container, bool volumes);

}  // namespace containers
