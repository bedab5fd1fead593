#include "pkg/containers/differences.hpp"

#include "pkg/base/error.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/images/ensure.hpp"
#include "storage/all_images.hpp"
#include "storage/rootfs.hpp"

#include <algorithm>
#include <array>

namespace containers {
namespace {

using Folders = std::vector<std::string>;

Folders folders_of(const home::Home& home, const Folders& layers) {
  Folders folders = storage::trees_of(home, layers);
  std::ranges::reverse(folders);
  return folders;
}

// An object, and what it was made of.
Trees trees_of(const home::Home& home, const std::string& name, ObjectKind kind) {
  if (kind != ObjectKind::Image) {
    if (const auto container = find(home, name)) {
      if (!container->options.rootfs.empty()) {
        throw base::Error(name + ": its root (--rootfs) was made of no image");
      }
      const storage::Written written = storage::written_by(home, container->id);
      Folders layers = folders_of(home, container->layers);
      if (written.is_whole) return {layers, {written.tree}};
      Folders after = layers;
      after.insert(after.begin(), written.tree);
      return {std::move(layers), std::move(after)};
    }
  }
  if (kind != ObjectKind::Container) {
    if (const auto image = images::find(home, name)) {
      Folders after = folders_of(home, image->layers);
      Folders before = after;
      if (!before.empty()) before.erase(before.begin());
      return {std::move(before), std::move(after)};
    }
  }
  const bool is_any = kind == ObjectKind::Any;
  throw base::Error(name + ": no such " +
                    (is_any                      ? "container or image"
                     : kind == ObjectKind::Image ? "image"
                                                 : "container"));
}

// As podman leaves them out.
bool is_ours(const std::string& path) {
  static constexpr std::array<std::string_view, 11> kPaths = {
      "/dev",  "/etc/hostname", "/etc/hosts",         "/etc/mtab",   "/etc/resolv.conf",
      "/proc", "/run",          "/run/.containerenv", "/run/notify", "/run/secrets",
      "/sys"};
  return std::ranges::count(kPaths, path) != 0;
}

}  // namespace

Trees trees_to_compare(const home::Home& home, const std::vector<std::string>& names,
                       ObjectKind kind) {
  Trees trees = trees_of(home, names.front(), kind);
  if (names.size() > 1) trees.before = trees_of(home, names[1], kind).after;
  return trees;
}

std::vector<storage::Change> differences(const Trees& trees) {
  std::vector<storage::Change> changes = storage::changes_between(trees.before, trees.after);
  std::erase_if(changes, [](const storage::Change& change) { return is_ours(change.path); });
  return changes;
}

}  // namespace containers
