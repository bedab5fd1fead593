#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/containers/volumes.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/lock.hpp"
#include "pkg/userns/ids.hpp"

#include <optional>
#include <string>

namespace containers {

// The files of a container as it sees them itself, with its volumes, whether it runs or not. What
// does not run is kept from being started meanwhile.
struct Files {
  sys::Fd root;
  Taker user;
  userns::Ids ids;
  std::string workdir;
  std::optional<sys::Lock> lock;
};

// Only from inside the session user namespace with a mount namespace of our own (userns::enter).
// Paths have to be resolved in the root (sys::open_in), since what is there is the container's.
Files open_files(const home::Home& home, const Container& container);

}  // namespace containers
