#include "storage/rootfs.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"
#include "storage/all_images.hpp"
#include "storage/driver.hpp"
#include "storage/flat.hpp"
#include "storage/fuse_overlayfs.hpp"
#include "storage/shifted.hpp"
#include "storage/staging.hpp"
#include "storage/trash.hpp"
#include "storage/usage.hpp"

#include <fmt/core.h>

#include <algorithm>

#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace storage {
namespace {

void make_open_dir(const std::string& path) {
  sys::make_dir(path);
  if (::chmod(path.c_str(), 0755) != 0) throw base::SysError(path);  // whatever our umask
}

struct Place {
  const home::Home& home;
  const Layout& layout;
};

void check_is_here(const Layout& layout, const std::string& layer) {
  if (sys::exists(layout.layer(layer))) return;
  throw base::Error("layer " + base::short_id(layer) +
                    ": it is in an additional store only, and other user ids need it here: "
                    "pull the image");
}

// Each layer as it is, or with the owners that the container's ids need. A probe says that overlay
// is how they will be mounted.
void add_layers(const Place& place, const RootfsMount& what, const Probe* probe, Stack& stack) {
  stack.lowers = trees_of(place.home, what.layers);
  std::ranges::reverse(stack.lowers);
  if (what.ids.are_sessions() || what.layers.empty()) return;
  for (const std::string& layer : what.layers)
    check_is_here(place.layout, layer);
  if (probe != nullptr && probe->can_lend) {
    stack.data = stack.lowers;
    stack.lowers = {
        thin_tree(place.layout, what.layers.back(), what.ids, {stack.data, "", ""}, probe->call)};
    return;
  }
  stack.lowers.clear();
  for (auto layer = what.layers.rbegin(); layer != what.layers.rend(); ++layer)
    stack.lowers.push_back(whole_tree(place.layout, *layer, what.ids));
}

Stack stack_of(const Place& place, const RootfsMount& what, const Probe* probe) {
  const Layout& layout = place.layout;
  Stack stack;
  add_layers(place, what, probe, stack);
  stack.is_ephemeral = what.ephemeral;
  if (what.read_only && !what.is_view) return stack;
  const std::string folder = layout.rootfs(what.container_id);
  if (what.is_view) stack.lowers.insert(stack.lowers.begin(), folder + "/upper");
  if (what.is_view) return stack;
  stack.upper = folder + "/upper";
  stack.work = folder + "/work";
  return stack;
}

// A home that is mounted nosuid or noexec would make the layer so; overlay hides that.
bool is_plain_mount(const std::string& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0) throw base::SysError(path);
  return (status.f_flag & (ST_NOSUID | ST_NOEXEC | ST_NODEV)) == 0;
}

sys::Fd bind_read_only(const std::string& tree) {
  sys::Fd mount = sys::copy_mount(tree, false);
  sys::change_mount(mount, MOUNT_ATTR_RDONLY, 0, 0, false);
  return mount;
}

std::string flat_tree(const Layout& layout, const std::string& container_id) {
  return layout.rootfs(container_id) + "/root";
}

// Made at the first mount; what is half made is made again.
sys::Fd mount_flat(const Layout& layout, const RootfsMount& what, const Stack& stack) {
  const std::string tree = flat_tree(layout, what.container_id);
  if (!sys::exists(tree)) {
    const std::string half = tree + ".new";
    throw_away(layout, half);
    sys::make_dirs(layout.rootfs(what.container_id), 0700);
    make_open_dir(half);
    copy_stack(stack, half);
    sys::rename_path(half, tree);
  }
  const bool is_read_only = what.read_only || what.is_view;
  return is_read_only ? bind_read_only(tree) : sys::copy_mount(tree, false);
}

sys::Fd mount_with(const Probe& probe, const Place& place, const RootfsMount& what) {
  const bool is_overlay = probe.choice.driver == Driver::Overlay;
  const Stack stack = stack_of(place, what, is_overlay ? &probe : nullptr);
  switch (probe.choice.driver) {
    case Driver::Overlay:
      return mount_overlay(stack, probe.call, mountpoint(place.home));
    case Driver::FuseOverlayfs:
      return mount_fuse_overlayfs(stack, mountpoint(place.home));
    case Driver::Flat:
      break;
  }
  return mount_flat(place.layout, what, stack);
}

void check_layers(const home::Home& home, const RootfsMount& what) {
  if (what.layers.empty()) throw base::Error("the image has no layers");
  const std::vector<std::string> trees = trees_of(home, what.layers);
  for (std::size_t i = 0; i < trees.size(); ++i) {
    if (sys::exists(trees[i])) continue;
    throw base::Error(
        fmt::format("layer {} is missing: pull the image again", base::short_id(what.layers[i])));
  }
}

}  // namespace

Rootfs Rootfs::create(const home::Home& home, const std::string& container_id) {
  const Layout layout(home);
  layout.prepare();
  const std::string path = layout.rootfs(container_id);
  auto lock = make_locked_dir(path);
  if (!lock) throw base::Error(fmt::format("{}: is there already", path));
  Rootfs rootfs(path, std::move(*lock));
  make_open_dir(path + "/upper");
  sys::make_dir(path + "/work", 0700);
  return rootfs;
}

Rootfs::Rootfs(Rootfs&& other) noexcept
    : path_(std::exchange(other.path_, "")), lock_(std::exchange(other.lock_, std::nullopt)) {}

Rootfs::~Rootfs() {
  if (path_.empty()) return;
  try {
    sys::remove_tree(path_);
  } catch (const base::Error& error) {
    base::log::warn("{}", error.what());
  }
}

// What worked when it was probed need not work now: another store below the same name, a module
// that was unloaded. Probing again either finds a way or tells the reason.
sys::Fd mount_rootfs(const home::Home& home, const RootfsMount& what) try {
  const Layout layout(home);
  const Place place{home, layout};
  if (what.read_only && !what.is_view && what.layers.size() == 1 && what.ids.are_sessions()) {
    const std::string tree = trees_of(home, what.layers).front();
    if (is_plain_mount(tree)) return bind_read_only(tree);
  }
  if (sys::exists(flat_tree(layout, what.container_id))) {
    return mount_flat(layout, what, stack_of(place, what, nullptr));
  }
  const auto kept = find_probe(home);
  const Probe probe = kept ? *kept : probe_drivers(home);
  try {
    return mount_with(probe, place, what);
  } catch (const base::Error&) {
    check_layers(home, what);
    const Probe again = probe_drivers(home);
    if (again == probe) throw;
    return mount_with(again, place, what);
  }
} catch (base::Error& error) {
  error.during("root file system");
  throw;
}

void remove_rootfs(const home::Home& home, const std::string& container_id) {
  const Layout layout(home);
  move_to_trash(layout, layout.rootfs(container_id));
}

Written written_by(const home::Home& home, const std::string& container_id) {
  const Layout layout(home);
  const std::string flat = flat_tree(layout, container_id);
  if (sys::exists(flat)) return {flat, true};
  return {layout.rootfs(container_id) + "/upper", false};
}

std::int64_t rootfs_size(const home::Home& home, const std::string& container_id) {
  return tree_size(home, written_by(home, container_id).tree);
}

}  // namespace storage
