// Bottom up it is found, top down it is taken away: containers, images, layers. Whoever is
// interrupted leaves what the next check finds again.
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/containers/sweep.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/check.hpp"
#include "storage/image_store.hpp"
#include "storage/layer_store.hpp"
#include "storage/partial_blob.hpp"
#include "storage/rootfs.hpp"
#include "storage/staging.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace transfer {
namespace {

class Repair {
 public:
  Repair(const home::Home& home, const Findings& findings)
      : home_(home), findings_(findings), layout_(home) {}

  void remove_containers();
  void remove_images();
  void remove_layers();
  Repaired end();

 private:
  std::vector<containers::Container> sound_containers() const;

  const home::Home& home_;
  const Findings& findings_;
  storage::Layout layout_;
  Repaired done_;
};

std::vector<containers::Container> Repair::sound_containers() const {
  std::vector<containers::Container> all;
  for (const std::string& id : sys::list_dir(home_.containers())) {
    try {
      if (auto container = containers::find_by_id(home_, id)) all.push_back(std::move(*container));
    } catch (const base::Error& error) {
      base::log::debug("{}", error.what());  // what it uses cannot be known
    }
  }
  return all;
}

void Repair::remove_containers() {
  for (const auto& [id, faults] : findings_.containers) {
    try {
      const auto container = containers::find_by_id(home_, id);
      if (!container) throw base::Error("no record");
      containers::throw_away(home_, *container, {.force = true, .volumes = false, .timeout = 0});
    } catch (const base::Error&) {
      storage::move_to_trash(layout_, home_.containers() + "/" + id);
      storage::remove_rootfs(home_, id);
    }
    done_.containers.push_back(id);
  }
}

void Repair::remove_images() {
  std::set<std::string> used;
  for (const containers::Container& container : sound_containers())
    used.insert(container.image_id);
  const sys::Lock lock = storage::lock_images(layout_);
  for (const auto& [id, faults] : findings_.images) {
    if (used.contains(id)) continue;
    for (const std::string& name : sys::list_dir(layout_.refs())) {
      const std::string path = fmt::format("{}/{}", layout_.refs(), name);
      if (sys::find_link(path) == "../images/" + id) sys::remove_file(path);
    }
    storage::move_to_trash(layout_, fmt::format("{}/{}", layout_.images(), id));
    done_.images.push_back(id);
  }
}

void Repair::remove_layers() {
  std::set<std::string> running;
  for (const containers::Container& container : sound_containers()) {
    if (!containers::state_of(home_, container).is_running()) continue;
    running.insert(container.layers.begin(), container.layers.end());
  }
  const storage::LayerStore store(layout_);
  const sys::Lock lock = storage::lock_images(layout_);
  for (const auto& [id, faults] : findings_.layers) {
    if (running.contains(id)) {
      base::log::warn("layer {}: a container runs on it; stop that first", id);
    } else if (store.remove(id)) {
      done_.layers.push_back(id);
    }
  }
}

Repaired Repair::end() {
  containers::sweep(home_);
  storage::ImageStore(layout_).remove_orphan_layers();
  storage::remove_partial_blobs(layout_);
  storage::recover(home_);
  return std::move(done_);
}

}  // namespace

Repaired repair(const home::Home& home, const Findings& findings, bool force) {
  Repair repair(home, findings);
  if (force) repair.remove_containers();
  repair.remove_images();
  repair.remove_layers();
  return repair.end();
}

}  // namespace transfer
