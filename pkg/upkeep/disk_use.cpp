// Everything on the disk belongs to one thing: an image or a layer, a container, a pod, a volume,
// an artifact. All paths are collected first and measured in one go, since looking takes a process
// in the user's namespace; a thing is then a few numbers of paths, and every sum is one over such
// numbers.
#include "pkg/upkeep/disk_use.hpp"

#include "pkg/containers/sweep.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/pods/pod.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/blocks.hpp"
#include "storage/partial_blob.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

namespace upkeep {
namespace {

using Places = std::vector<std::size_t>;  // numbers of paths

class Survey {
 public:
  std::size_t add(const std::string& path) {
    paths_.push_back(path);
    return paths_.size() - 1;
  }

  void measure(const home::Home& home) { blocks_ = storage::measure(home, paths_); }

  storage::Blocks sum(const Places& places) const {
    storage::Blocks sum;
    for (const std::size_t place : places)
      sum.add(blocks_.at(place));
    return sum;
  }

 private:
  std::vector<std::string> paths_;
  std::vector<storage::Blocks> blocks_;
};

void append(Places& places, const Places& more) {
  places.insert(places.end(), more.begin(), more.end());
}

struct Thing {
  Places places;
  bool is_used = false;
};

// What is measured, by what it belongs to.
struct Things {
  Survey survey;
  std::vector<Thing> images;  // without their layers
  std::map<std::string, std::size_t> layers;
  Places busy;       // what somebody is making at this moment
  Places leftovers;  // what somebody was making when they were killed
  std::vector<Thing> containers;
  std::vector<Thing> pods;
  std::vector<Thing> volumes;
  std::vector<Thing> artifacts;
};

void survey_images(const home::Home& home, const std::vector<ImageUse>& images, Things& things) {
  const storage::Layout layout(home);
  for (const ImageUse& use : images) {
    const storage::Image& image = use.image;
    const std::string path = image.is_list ? layout.list(image.id) : layout.image(image.id);
    Thing thing{.places = {things.survey.add(path)}, .is_used = use.containers > 0};
    for (const std::string& name : image.names)
      thing.places.push_back(things.survey.add(layout.ref(name)));
    things.images.push_back(std::move(thing));
  }
  for (const std::string& id : sys::list_dir(layout.layers()))
    things.layers[id] = things.survey.add(fmt::format("{}/{}", layout.layers(), id));
  std::vector<std::string> left = storage::leftovers(home);
  for (const std::string& path : storage::idle_partial_blobs(layout))
    left.push_back(path);
  for (const std::string& path : containers::leftovers(home))
    left.push_back(path);
  for (const std::string& path : left)
    things.leftovers.push_back(things.survey.add(path));
  for (const std::string& folder : {layout.staging(), layout.partial_blobs()}) {
    for (const std::string& name : sys::list_dir(folder)) {
      const std::string path = fmt::format("{}/{}", folder, name);
      if (std::ranges::count(left, path) == 0) things.busy.push_back(things.survey.add(path));
    }
  }
}

void survey_containers(const home::Home& home, const DiskUse& use, Things& things) {
  const storage::Layout layout(home);
  const auto link = [&](const std::string& name) { return home.names() + "/" + name; };
  for (const ContainerUse& each : use.containers) {
    const containers::Container& container = each.container;
    const Places places = {things.survey.add(container.directory(home)),
                           things.survey.add(layout.rootfs(container.id)),
                           things.survey.add(link(container.name))};
    things.containers.push_back({places, each.state.is_running()});
  }
  for (const pods::Pod& pod : pods::list(home)) {
    const std::string status = pods::status_of(home, pod);
    const Places places = {things.survey.add(pod.directory(home)),
                           things.survey.add(link(pod.name))};
    things.pods.push_back({places, status != "Exited" && status != "Stopped"});
  }
  for (const VolumeUse& each : use.volumes) {
    things.volumes.push_back(
        {{things.survey.add(layout.volume(each.volume.name))}, each.links > 0});
  }
}

// Nothing prunes them: who made one says when it goes.
void survey_artifacts(const home::Home& home, Things& things) {
  const storage::Layout layout(home);
  for (const std::string& file : sys::list_dir(layout.artifacts()))
    things.artifacts.push_back({{things.survey.add(layout.artifacts() + "/" + file)}, true});
}

KindUse sum_up(const std::string& kind, const Survey& survey, const std::vector<Thing>& things) {
  KindUse sum{.kind = kind, .total = static_cast<std::int64_t>(things.size())};
  Places all;
  Places unused;
  for (const Thing& thing : things) {
    append(all, thing.places);
    if (thing.is_used) {
      ++sum.active;
    } else {
      append(unused, thing.places);
    }
  }
  sum.size = survey.sum(all).used();
  sum.reclaimable = survey.sum(unused).freed();
  return sum;
}

// The layers of the images that are used, or of all.
std::set<std::string> layers_of(const std::vector<ImageUse>& images, bool used_only) {
  std::set<std::string> layers;
  for (const ImageUse& use : images) {
    if (used_only && use.containers == 0) continue;
    layers.insert(use.image.layers.begin(), use.image.layers.end());
  }
  return layers;
}

KindUse sum_up_images(const std::vector<ImageUse>& images, const Things& things) {
  KindUse sum = sum_up("Images", things.survey, things.images);
  const std::set<std::string> kept = layers_of(images, true);
  const std::set<std::string> known = layers_of(images, false);
  Places all = things.leftovers;
  Places unused = things.leftovers;
  append(all, things.busy);
  for (const Thing& thing : things.images) {
    append(all, thing.places);
    if (!thing.is_used) append(unused, thing.places);
  }
  for (const auto& [id, place] : things.layers) {
    all.push_back(place);
    // What no image has yet, may be for one that is being pulled.
    const bool is_coming = !known.contains(id) && !things.busy.empty();
    if (!kept.contains(id) && !is_coming) unused.push_back(place);
  }
  sum.size = things.survey.sum(all).used();
  sum.reclaimable = things.survey.sum(unused).freed();
  return sum;
}

void tell_images(const Things& things, DiskUse& use) {
  std::map<std::string, int> users;
  for (const ImageUse& each : use.images) {
    for (const std::string& layer : std::set(each.image.layers.begin(), each.image.layers.end()))
      ++users[layer];
  }
  for (std::size_t i = 0; i < use.images.size(); ++i) {
    ImageUse& each = use.images[i];
    Places places = things.images[i].places;
    Places shared;
    for (const std::string& layer : std::set(each.image.layers.begin(), each.image.layers.end())) {
      const auto found = things.layers.find(layer);
      if (found == things.layers.end()) continue;
      places.push_back(found->second);
      if (users[layer] > 1) shared.push_back(found->second);
    }
    each.size = things.survey.sum(places).used();
    each.shared = things.survey.sum(shared).used();
  }
}

// How many containers mount it.
std::int64_t links_of(const std::string& volume, const std::vector<containers::Container>& all) {
  const auto mounts_it = [&](const containers::Container& container) {
    return std::ranges::any_of(container.options.mounts, [&](const auto& mount) {
      return mount.kind == containers::VolumeMount::Kind::Volume && mount.source == volume;
    });
  };
  return std::ranges::count_if(all, mounts_it);
}

DiskUse list_all(const home::Home& home) {
  DiskUse use;
  const std::vector<containers::Container> all = containers::list(home);
  for (const containers::Container& container : all) {
    const auto is_volume = [](const auto& mount) {
      return mount.kind == containers::VolumeMount::Kind::Volume;
    };
    use.containers.push_back(
        {.container = container,
         .state = containers::state_of(home, container),
         .volumes = std::ranges::count_if(container.options.mounts, is_volume)});
  }
  for (storage::Image& image : images::list(home, {"readonly=false"})) {
    const std::int64_t users =
        std::ranges::count_if(all, [&](const containers::Container& container) {
          return containers::uses_image(container, image.id);
        });
    use.images.push_back({.image = std::move(image), .containers = users});
  }
  for (storage::Volume& volume : storage::VolumeStore(storage::Layout(home)).list()) {
    const std::int64_t links = links_of(volume.name, all);
    use.volumes.push_back({.volume = std::move(volume), .links = links});
  }
  return use;
}

}  // namespace

DiskUse disk_use(const home::Home& home) {
  DiskUse use = list_all(home);
  Things things;
  survey_images(home, use.images, things);
  survey_containers(home, use, things);
  survey_artifacts(home, things);
  things.survey.measure(home);

  use.kinds = {sum_up_images(use.images, things),
               sum_up("Containers", things.survey, things.containers),
               sum_up("Local Volumes", things.survey, things.volumes)};
  if (!things.pods.empty()) use.kinds.push_back(sum_up("Pods", things.survey, things.pods));
  if (!things.artifacts.empty()) {
    use.kinds.push_back(sum_up("Artifacts", things.survey, things.artifacts));
  }
  tell_images(things, use);
  for (std::size_t i = 0; i < use.containers.size(); ++i)
    use.containers[i].size = things.survey.sum(things.containers[i].places).used();
  for (std::size_t i = 0; i < use.volumes.size(); ++i)
    use.volumes[i].size = things.survey.sum(things.volumes[i].places).used();
  return use;
}

}  // namespace upkeep
