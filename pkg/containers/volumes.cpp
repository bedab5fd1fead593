#include "pkg/containers/volumes.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/containers/spec.hpp"
#include "pkg/containers/user_namespace.hpp"
#include "pkg/containers/volume_catalog.hpp"
#include "pkg/events/log.hpp"
#include "pkg/runtime/users.hpp"
#include "pkg/sys/copy.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/rootfs.hpp"
#include "storage/trash.hpp"
#include "storage/volume_store.hpp"

#include <fmt/core.h>

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

namespace containers {
namespace {

void give(const sys::Fd& file, const Taker& taker) {
  sys::change_owner(file, taker.uid, taker.gid);
}

bool has_option(const VolumeMount& mount, std::string_view wanted) {
  return std::find(mount.options.begin(), mount.options.end(), wanted) != mount.options.end();
}

bool is_empty(const sys::Fd& folder) {
  return sys::list_dir(sys::fd_path(folder)).empty();
}

bool is_fresh(const std::optional<storage::Volume>& volume) {
  return volume && volume->fresh;
}

// A fresh volume is as the directory in its place, or else the container's user's; one that
// somebody has filled already stays as it is. Of several that start with it one fills it, and the
// others wait until it is full.
template <typename FindTaker>
void fill(const storage::VolumeStore& store, const VolumeMount& mount, const sys::Fd& root,
          FindTaker find_taker) {
  if (!is_fresh(store.find(mount.source))) return;
  const auto lock = store.hold(mount.source, sys::Lock::Mode::Exclusive);
  const auto volume = store.find(mount.source);
  if (!is_fresh(volume)) return;
  const std::string& path = mount.device.empty() ? volume->data : mount.device;
  const sys::Fd folder = sys::open_file(path, O_RDONLY);
  const auto source = sys::find_in(root, mount.target, O_RDONLY | O_DIRECTORY);
  const bool has_owner = volume->uid || volume->gid;
  if (is_empty(folder)) {
    if (source && !has_option(mount, "nocopy")) sys::copy_tree(*source, folder);
    if (!source && !has_owner && mount.device.empty()) give(folder, find_taker());
  }
  if (has_owner && ::fchown(folder.get(), volume->uid.value_or(0), volume->gid.value_or(0)) != 0) {
    throw base::SysError("owner");
  }
  store.mark_used(mount.source);
}

// Only if it still leads there. So long a link has a block of its own on the disk, which takes time
// to free: that is left to whoever empties the trash.
void discard_name(const home::Home& home, const Container& container) {
  const std::string link = home.names() + "/" + container.name;
  if (sys::find_link(link) != "../containers/" + container.id) return;
  storage::move_to_trash(storage::Layout(home), link);
}

// Those that no other container has taken over by --volumes-from.
void remove_anonymous_volumes(const home::Home& home, const Container& container) {
  const storage::VolumeStore store{storage::Layout(home)};
  for (const std::string& name : container.anonymous_volumes) {
    if (!store.find(name) || !users_of_volume(home, name).empty()) continue;
    store.remove(name);
    events::note(home, "remove", {.type = "volume", .name = name});
  }
}

// Before the record goes: who finds one of a container that is gone takes it away.
void keep_anonymous_volumes(const home::Home& home, const Container& container) {
  const storage::VolumeStore store{storage::Layout(home)};
  for (const std::string& name : container.anonymous_volumes)
    store.release(name);
}

}  // namespace

Taker taker_of(const Container& container, const sys::Fd& root, const oci::User& user) {
  const runtime::Identity identity = runtime::resolve_user(root, user);
  const userns::Ids ids = ids_of(container.options);
  const auto uid = userns::outside_of(ids.uids, identity.uid);
  const auto gid = userns::outside_of(ids.gids, identity.gid);
  if (!uid || !gid) {
    throw base::Error(
        fmt::format("user {}:{}: the container has no such ids", identity.uid, identity.gid));
  }
  return {*uid, *gid};
}

void prepare_volumes(const home::Home& home, const Container& container, const sys::Fd& root,
                     const oci::User& user) {
  const storage::VolumeStore store{storage::Layout(home)};
  const auto find_taker = [&] { return taker_of(container, root, user); };
  for (const VolumeMount& mount : container.options.mounts) {
    const bool is_volume = mount.kind == VolumeMount::Kind::Volume;
    if (!is_volume && mount.kind != VolumeMount::Kind::Bind) continue;
    if (mount.device == "tmpfs") continue;
    try {
      if (is_volume) fill(store, mount, root, find_taker);
      if (!has_option(mount, "U")) continue;
      give(sys::open_file(source_folder(home, mount), O_PATH), find_taker());
    } catch (base::Error& error) {
      error.during("volume " + mount.source);
      throw;
    }
  }
}

void remove_files(const home::Home& home, const Container& container, bool volumes) {
  // The record goes first: what is left when we are killed after it belongs to nobody, and goes
  // with containers::sweep and storage::recover.
  if (!volumes) keep_anonymous_volumes(home, container);
  storage::move_to_trash(storage::Layout(home), container.directory(home));
  discard_name(home, container);
  storage::remove_rootfs(home, container.id);
  if (volumes) remove_anonymous_volumes(home, container);
  if (!container.options.cid_file.empty()) sys::remove_file(container.options.cid_file);
  sys::remove_tree(container.runtime_directory(home));
  events::note(home, "remove", subject_of(container));
}

}  // namespace containers
