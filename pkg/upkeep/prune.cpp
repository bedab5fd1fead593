#include "pkg/upkeep/prune.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/containers/report.hpp"
#include "pkg/containers/sweep.hpp"
#include "pkg/containers/volume_catalog.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/pods/lifecycle.hpp"
#include "pkg/upkeep/disk_use.hpp"
#include "storage/image_use.hpp"
#include "storage/partial_blob.hpp"
#include "storage/trash.hpp"

#include <algorithm>
#include <map>

namespace upkeep {
namespace {

using Texts = std::vector<std::string>;

// Of what nobody will finish.
std::int64_t free_leftovers(const home::Home& home) {
  containers::sweep(home);
  storage::ImageStore(storage::Layout(home)).remove_orphan_layers();
  storage::remove_partial_blobs(storage::Layout(home));
  return storage::recover(home);
}

void check_filters(const Texts& filters) {
  for (const std::string& text : filters) {
    const auto [key, value] = base::split_once(text, '=');
    const bool is_known = key == "until" || key == "label" || key == "label!";
    if (is_known && value) continue;
    throw base::Error("filter " + text + ": pruning knows until=, label= and label!=");
  }
}

// One that cannot go does not keep the others; it is told of.
template <typename Work>
bool attempt(const std::string& what, Work work) {
  try {
    work();
    return true;
  } catch (const base::Error& error) {
    base::log::warn("{}: {}", what, error.what());
    return false;
  }
}

void throw_away_containers(const home::Home& home, const Texts& filters, Pruned& pruned) {
  for (const containers::Container& container : containers::select(home, filters, false)) {
    const containers::Status status = containers::state_of(home, container).status;
    if (status != containers::Status::Created && status != containers::Status::Exited) continue;
    const auto work = [&] {
      containers::throw_away(home, container, {.force = false, .volumes = false, .timeout = {}});
    };
    if (attempt("container " + container.name, work)) pruned.containers.push_back(container.id);
  }
}

bool has_labels(const std::map<std::string, std::string>& labels, const std::string& text) {
  const auto [key, value] = base::split_once(text, '=');
  const auto found = labels.find(key);
  return found != labels.end() && (!value || found->second == *value);
}

bool fits(const std::map<std::string, std::string>& labels, base::Time created,
          const Texts& filters) {
  return std::ranges::all_of(filters, [&](const std::string& text) {
    const auto [key, value] = base::split_once(text, '=');
    if (key == "until") return created < base::parse_moment(*value);
    return has_labels(labels, *value) == (key == "label");
  });
}

void throw_away_pods(const home::Home& home, const Texts& filters, Pruned& pruned) {
  for (const pods::Pod& pod : pods::list(home)) {
    const std::string status = pods::status_of(home, pod);
    const bool has_ended = status == "Exited" || status == "Stopped";
    if (!has_ended || !fits(pod.options.labels, pod.created, filters)) continue;
    const Texts members = [&] {
      Texts ids;
      for (const containers::Container& member : pods::members(home, pod))
        ids.push_back(member.id);
      return ids;
    }();
    const auto work = [&] { pods::throw_away(home, pod, false, {}); };
    if (!attempt("pod " + pod.name, work)) continue;
    pruned.pods.push_back(pod.id);
    pruned.containers.insert(pruned.containers.end(), members.begin(), members.end());
  }
}

void throw_away_volumes(const home::Home& home, const Texts& filters, Pruned& pruned) {
  for (const storage::Volume& volume : unused_volumes(home, filters)) {
    bool is_gone = false;
    const auto work = [&] { is_gone = containers::throw_away_volume(home, volume.name); };
    if (attempt("volume " + volume.name, work) && is_gone) pruned.volumes.push_back(volume.name);
  }
}

bool has_users(const home::Home& home, const std::string& image) {
  return !containers::names_of_users(home, image).empty();
}

// Docker's users say which by a filter.
bool chooses_dangling(const Texts& filters) {
  return std::ranges::any_of(filters,
                             [](const std::string& text) { return text.starts_with("dangling="); });
}

// What somebody has come to want since it was listed stays.
void remove_unless_wanted(const home::Home& home, const std::string& image, base::Time listed) {
  const storage::HeldImages held{storage::Layout(home)};
  if (has_users(home, image)) throw base::Error("a container uses it since just now");
  if (held.is_newer(image, listed)) throw base::Error("it was pulled or named just now");
  held.remove(image);
}

void throw_away_images(const home::Home& home, const ImagePrune& options, Pruned& pruned) {
  Texts filters = options.filters;
  if (!options.all && !chooses_dangling(filters)) filters.emplace_back("dangling=true");
  const base::Time listed = base::now();
  for (const storage::Image& image : images::list(home, filters)) {
    if (!image.store.empty() || has_users(home, image.id)) continue;
    const auto work = [&] { remove_unless_wanted(home, image.id, listed); };
    if (attempt("image " + image.id, work)) pruned.images.push_back(image.id);
  }
}

}  // namespace

Pruned prune_images(const home::Home& home, const ImagePrune& options) {
  Pruned pruned;
  pruned.freed = free_leftovers(home);
  throw_away_images(home, options, pruned);
  pruned.freed += storage::empty_trash(home).freed;
  return pruned;
}

Pruned prune_containers(const home::Home& home, const Texts& filters) {
  check_filters(filters);
  free_leftovers(home);
  Pruned pruned;
  throw_away_containers(home, filters, pruned);
  pruned.freed = storage::empty_trash(home).freed;
  return pruned;
}

Pruned prune_pods(const home::Home& home, const Texts& filters) {
  check_filters(filters);
  free_leftovers(home);
  Pruned pruned;
  throw_away_pods(home, filters, pruned);
  pruned.freed = storage::empty_trash(home).freed;
  return pruned;
}

std::vector<storage::Volume> unused_volumes(const home::Home& home, const Texts& filters) {
  Texts all = filters;
  all.emplace_back("dangling=true");
  return containers::select_volumes(home, all);
}

Pruned prune_volumes(const home::Home& home, const Texts& filters) {
  Pruned pruned;
  throw_away_volumes(home, filters, pruned);
  pruned.freed = storage::empty_trash(home).freed;
  return pruned;
}

Pruned prune_system(const home::Home& home, const SystemPrune& options) {
  check_filters(options.filters);
  Pruned pruned;
  pruned.freed = free_leftovers(home);
  throw_away_pods(home, options.filters, pruned);
  throw_away_containers(home, options.filters, pruned);
  if (options.volumes) throw_away_volumes(home, options.filters, pruned);
  throw_away_images(home, {.all = options.all_images, .filters = options.filters}, pruned);
  pruned.freed += storage::empty_trash(home).freed;
  return pruned;
}

}  // namespace upkeep
