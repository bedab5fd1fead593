#include "pkg/runtime/bind.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"
#include "pkg/userns/maker.hpp"

#include <cerrno>

#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/stat.h>

namespace runtime {
namespace {

// Who may write to the volume may write to its parts: the mode is the volume's, as in Kubernetes.
void make_subpath(const sys::Fd& source, const std::string& path) {
  struct stat status = {};
  if (::fstat(source.get(), &status) != 0) throw base::SysError(path);
  sys::make_dirs_in(source, path, status.st_mode & 0777);
}

// What is mounted below may be locked to its parent, and then comes along or not at all.
sys::Fd copy_of(const sys::Fd& source, bool is_recursive) {
  if (!is_recursive) {
    try {
      return sys::copy_mount_at(source, false);
    } catch (const base::SysError& error) {
      if (error.number() != EINVAL) throw;
    }
  }
  return sys::copy_mount_at(source, true);
}

void refuse_parameters(const MountOptions& options) {
  if (!options.parameters.empty()) {
    throw base::Error("option " + options.parameters.front().key + ": unknown for a bind mount");
  }
  if (!options.of_kernel.empty()) {
    throw base::Error("option " + options.of_kernel.front() +
                      ": of a whole file system, not of a bind mount");
  }
}

// As mount(8) has it of what belongs to the file system, which is there already.
void pass_over_parameters(const MountOptions& options) {
  for (const sys::MountParameter& parameter : options.parameters)
    base::log::warn("option {} has no meaning for a bind mount", parameter.key);
  for (const std::string& word : options.of_kernel)
    base::log::warn("option {} has no meaning for a bind mount", word);
}

std::uint64_t propagation_of(const MountOptions& options) {
  return options.propagation != 0 ? options.propagation : std::uint64_t{MS_PRIVATE};
}

std::vector<userns::Extent> extents_of(const std::vector<oci::IdMapping>& mappings) {
  std::vector<userns::Extent> extents;
  for (const oci::IdMapping& mapping : mappings)
    extents.push_back({mapping.container_id, mapping.host_id, mapping.size});
  return extents;
}

void map_ids(const oci::Mount& mount, const MountOptions& options, const sys::Fd& copy) try {
  if (mount.uid_mappings.empty() && mount.gid_mappings.empty()) {
    if (options.maps_ids) throw base::Error("option idmap: there are no mappings");
    return;
  }
  const sys::Fd ns =
      userns::make_namespace({extents_of(mount.uid_mappings), extents_of(mount.gid_mappings), ""});
  sys::map_ids(copy, ns, options.maps_below);
} catch (base::Error& error) {
  error.during("map its ids");
  throw;
}

// "rw" and the likes where the mount is locked: it stays as whoever owns it wants it, as with the
// peers. So do times of access.
void change_top(const sys::Fd& copy, const MountOptions& options) {
  if (options.set == 0 && options.clear == 0) return;
  try {
    sys::change_mount(copy, options.set, options.clear, 0, false);
  } catch (const base::SysError& error) {
    if (error.number() != EPERM || options.clear == 0) throw;
    base::log::debug("mount: what is locked stays locked: {}", error.what());
    const std::uint64_t set = options.set & ~std::uint64_t{MOUNT_ATTR__ATIME};
    if (set != 0) sys::change_mount(copy, set, 0, 0, false);
  }
}

}  // namespace

sys::Fd bind_part(const sys::Fd& source, const oci::Mount& mount, const MountOptions& options) {
  if (mount.make_subpath) make_subpath(source, mount.subpath);
  sys::Fd copy = mount.subpath.empty()
                     ? copy_of(source, options.is_recursive)
                     : copy_of(sys::open_in(source, mount.subpath), options.is_recursive);
  refuse_parameters(options);
  const std::uint64_t set = options.set | options.set_below;
  const std::uint64_t clear = (set & MOUNT_ATTR__ATIME) != 0 ? MOUNT_ATTR__ATIME : 0;
  sys::change_mount(copy, set, clear, propagation_of(options));
  return copy;
}

sys::Fd bind_mount(const oci::Mount& mount, bool is_literal) {
  const MountOptions options = parse_mount_options(mount.options);
  const int flags = O_PATH | (options.follows_source ? 0 : O_NOFOLLOW);
  const sys::Fd source = sys::open_file(mount.source, flags);
  if (!is_literal) return bind_part(source, mount, options);
  pass_over_parameters(options);
  sys::Fd copy = copy_of(source, options.is_recursive);
  map_ids(mount, options, copy);
  // All are cut off from the host's first: whatever propagates does so by what is said.
  if (options.propagation == 0 || !options.propagates_below) {
    sys::change_mount(copy, 0, 0, MS_PRIVATE);
  }
  if (options.propagation != 0) {
    sys::change_mount(copy, 0, 0, options.propagation, options.propagates_below);
  }
  if (options.set_below != 0 || options.clear_below != 0) {
    sys::change_mount(copy, options.set_below, options.clear_below);
  }
  change_top(copy, options);
  return copy;
}

}  // namespace runtime
