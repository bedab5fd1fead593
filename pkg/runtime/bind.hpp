#pragma once

#include "pkg/oci/spec.hpp"
#include "pkg/runtime/mount_options.hpp"
#include "pkg/sys/fd.hpp"

namespace runtime {

// The detached mount that a bind mount of the spec asks for. In a literal spec "ro" is of the mount
// itself and "rro" also of what is mounted below it; of ours all words reach all of them. Throws
// base::Error.
sys::Fd bind_mount(const oci::Mount& mount, bool is_literal);

// The same of a source that is open.
sys::Fd bind_part(const sys::Fd& source, const oci::Mount& mount, const MountOptions& options);

}  // namespace runtime
