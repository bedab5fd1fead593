#include "pkg/transfer/container_tree.hpp"

#include "pkg/base/error.hpp"
#include "pkg/containers/user_namespace.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/rootfs.hpp"
#include "storage/tar/tree_archive.hpp"

namespace transfer {
namespace {

// What we put into a container is mounted on files that were made for it; nobody wrote them.
const std::vector<std::string>& mount_points() {
  static const std::vector<std::string> kPaths = {"etc/hosts", "etc/hostname", "etc/resolv.conf",
                                                  "run/.containerenv"};
  return kPaths;
}

}  // namespace

std::unique_ptr<tar::Source> pack_root(const home::Home& home,
                                       const containers::Container& container) {
  const std::string& rootfs = container.options.rootfs;
  if (!rootfs.empty()) {
    return std::make_unique<tar::TreeArchive>(sys::open_dir(rootfs), tar::TreeOptions{});
  }
  const sys::Fd mount = storage::mount_rootfs(home, {.container_id = container.id,
                                                     .layers = container.layers,
                                                     .is_view = true,
                                                     .ids = containers::ids_of(container.options)});
  return std::make_unique<tar::TreeArchive>(
      sys::open_at(mount, ".", O_RDONLY | O_DIRECTORY),
      tar::TreeOptions{.ids = containers::ids_of(container.options)});
}

std::unique_ptr<tar::Source> pack_written(const home::Home& home,
                                          const containers::Container& container) {
  const storage::Written written = storage::written_by(home, container.id);
  if (written.is_whole) {
    throw base::Error(
        "the store's driver (flat) does not keep apart what a container has written; "
        "--squash makes one layer of all");
  }
  return std::make_unique<tar::TreeArchive>(
      sys::open_dir(written.tree), tar::TreeOptions{.is_upper = true,
                                                    .mount_points = mount_points(),
                                                    .ids = containers::ids_of(container.options)});
}

}  // namespace transfer
