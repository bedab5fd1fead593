#include "pkg/containers/own_mounts.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/containers/spec.hpp"
#include "pkg/containers/user_namespace.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/mount.hpp"
#include "storage/all_images.hpp"
#include "storage/cover.hpp"
#include "storage/rootfs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include <sys/mount.h>
#include <unistd.h>

namespace containers {
namespace {

using Kind = VolumeMount::Kind;

std::optional<std::string> value_of(const VolumeMount& mount, std::string_view key) {
  for (const std::string& option : mount.options) {
    if (option.starts_with(key)) return option.substr(key.size());
  }
  return std::nullopt;
}

std::string covers_of(const home::Home& home, const Container& container) {
  return storage::Layout(home).rootfs(container.id) + "/covers";
}

bool has_own(const VolumeMount& mount) {
  return mount.kind == Kind::Image || is_covered(mount);
}

}  // namespace

bool is_covered(const VolumeMount& mount) {
  const bool is_folder =
      (mount.kind == Kind::Bind || mount.kind == Kind::Volume) && mount.device != "tmpfs";
  return is_folder && std::ranges::count(mount.options, "O") > 0;
}

OwnMounts::OwnMounts(const home::Home& home, const Container& container)
    : folder_(home.runtime + "/mounts/" + container.id), covers_(covers_of(home, container)) {
  if (std::ranges::none_of(container.options.mounts, has_own)) return;
  remove_covers(home, container);
  for (const VolumeMount& mount : container.options.mounts) {
    try {
      if (mount.kind == Kind::Image) add_image(home, ids_of(container.options), mount);
      if (is_covered(mount)) add_cover(home, mount);
    } catch (base::Error& error) {
      error.during("mount " + mount.target);
      throw;
    }
  }
}

OwnMounts::~OwnMounts() {
  for (const std::string& place : places_) {
    if (::umount2(place.c_str(), MNT_DETACH) != 0 || ::rmdir(place.c_str()) != 0) {
      base::log::warn("{}", base::SysError(place).what());
    }
  }
  if (!places_.empty()) ::rmdir(folder_.c_str());
}

void OwnMounts::add_to(std::vector<runtime::Prepared>& prepared) {
  for (runtime::Prepared& each : prepared_)
    prepared.push_back(std::move(each));
  prepared_.clear();
}

// A mount can be copied from a place only.
std::string OwnMounts::place(sys::Fd& mount) {
  const std::string path = fmt::format("{}/{}", folder_, places_.size());
  sys::make_dirs(path, 0700);
  sys::move_mount(mount, path);
  places_.push_back(path);
  return path;
}

void OwnMounts::add_image(const home::Home& home, const userns::Ids& ids,
                          const VolumeMount& mount) {
  const auto image = storage::AllImages(home).find(mount.source);
  if (!image) throw base::Error(fmt::format("image {}: it is no more", mount.source));
  sys::Fd tree = storage::mount_rootfs(
      home, {.container_id = image->id, .layers = image->layers, .read_only = true, .ids = ids});
  const std::string path = place(tree);
  if (!mount.read_only) {
    const std::string own = fmt::format("{}/{}", covers_, places_.size());
    tree = storage::mount_cover(home, path, own + "/upper", own + "/work");
    place(tree);
  }
  prepared_.push_back({kMountPrefix + mount.target, std::move(tree)});
}

void OwnMounts::add_cover(const home::Home& home, const VolumeMount& mount) {
  const std::string own = fmt::format("{}/{}", covers_, places_.size());
  sys::Fd cover = storage::mount_cover(home, source_folder(home, mount),
                                       value_of(mount, "upperdir=").value_or(own + "/upper"),
                                       value_of(mount, "workdir=").value_or(own + "/work"));
  place(cover);
  prepared_.push_back({kMountPrefix + mount.target, std::move(cover)});
}

sys::Fd mount_folder_root(const home::Home& home, const Container& container) {
  const Options& options = container.options;
  if (!options.covers_rootfs) return sys::copy_mount(options.rootfs);
  const std::string own = storage::Layout(home).rootfs(container.id) + "/root";
  return storage::mount_cover(home, options.rootfs, own + "/upper", own + "/work");
}

void remove_covers(const home::Home& home, const Container& container) {
  if (std::ranges::none_of(container.options.mounts, has_own)) return;
  sys::remove_tree(covers_of(home, container));
}

}  // namespace containers
