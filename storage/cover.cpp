#include "storage/cover.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "storage/driver.hpp"
#include "storage/fuse_overlayfs.hpp"

namespace storage {

sys::Fd mount_cover(const home::Home& home, const std::string& folder, const std::string& upper,
                    const std::string& work) {
  sys::make_dirs(upper);
  sys::make_dirs(work, 0700);
  const Stack stack{.lowers = {folder}, .upper = upper, .work = work, .is_ephemeral = false};
  const auto kept = find_probe(home);
  const Probe probe = kept ? *kept : probe_drivers(home);
  switch (probe.choice.driver) {
    case Driver::Overlay:
      return mount_overlay(stack, probe.call, mountpoint(home));
    case Driver::FuseOverlayfs:
      return mount_fuse_overlayfs(stack, mountpoint(home));
    case Driver::Flat:
      break;
  }
  throw base::Error("the store's driver (flat) has no overlay: " + probe.choice.reason);
}

}  // namespace storage
