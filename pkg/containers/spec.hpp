#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/containers/sandbox.hpp"
#include "pkg/oci/spec.hpp"

namespace containers {

// The one translation of what was asked for into the OCI runtime configuration. The container's
// options have their defaults filled in, its sandbox is known; nothing is looked up on the disk.
oci::Spec make_spec(const home::Home& home, const Container& container, const Sandbox& sandbox);

// The mounts of it, in order: what every container has, then what was asked for.
std::vector<oci::Mount> make_mounts(const home::Home& home, const Container& container,
                                    const Sandbox& sandbox);

// Where the files of a bind mount or a volume are on the host.
std::string source_folder(const home::Home& home, const VolumeMount& mount);

// The capabilities that `--cap-add`, `--cap-drop` and `--privileged` come to.
std::vector<std::string> capabilities_of(const Options& options);

// Of variables with the same name the last one, in the place of the first.
std::vector<std::string> merged(const std::vector<std::string>& variables);

// "TERM=xterm", or with a terminal the caller's own.
std::string terminal_variable(bool has_terminal);

// Names of mounts that the monitor prepares (runtime::Prepared): the sandbox's shared memory, and
// "volume:NAME" for a pod's volume in memory.
constexpr const char* kSharedMemory = "shm";
constexpr const char* kVolumePrefix = "volume:";
// "mount:TARGET" for what one container alone has: an image, or a folder that it does not change.
constexpr const char* kMountPrefix = "mount:";

}  // namespace containers
