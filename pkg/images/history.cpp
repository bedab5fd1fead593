#include "pkg/images/history.hpp"

#include "pkg/base/error.hpp"
#include "pkg/images/ensure.hpp"
#include "storage/all_images.hpp"
#include "storage/layer_store.hpp"

#include <algorithm>
#include <map>

namespace images {
namespace {

storage::Image get(const home::Home& home, const std::string& text) {
  auto found = find_named(home, text, true);
  if (!found) throw base::Error(text + ": image not known");
  return std::move(found->image);
}

// Images by their topmost layers.
using Tops = std::multimap<std::string, storage::Image>;

Tops tops_of(const home::Home& home) {
  Tops tops;
  for (storage::Image& image : storage::AllImages(home).list()) {
    std::string top = image.layers.empty() ? "" : image.layers.back();
    tops.emplace(std::move(top), std::move(image));
  }
  return tops;
}

// An image of this layer that was made in so many steps.
const storage::Image* find_made(const Tops& tops, const std::string& layer, std::size_t steps) {
  const auto [begin, end] = tops.equal_range(layer);
  const auto found = std::find_if(
      begin, end, [&](const auto& entry) { return entry.second.config.history.size() == steps; });
  return found == end ? nullptr : &found->second;
}

// An image whose maker wrote no history has a step for each layer all the same.
std::vector<oci::HistoryEntry> steps_of(const storage::Image& image) {
  std::vector<oci::HistoryEntry> steps = image.config.history;
  if (steps.empty()) steps.resize(image.layers.size(), {.created = image.config.created});
  return steps;
}

TreeLayer tree_layer(const home::Home& home, const Tops& tops, const std::string& id) {
  TreeLayer layer;
  layer.id = id;
  layer.size = storage::layer_size(home, id);
  const auto [begin, end] = tops.equal_range(id);
  for (auto at = begin; at != end; ++at)
    layer.top_of.insert(layer.top_of.end(), at->second.names.begin(), at->second.names.end());
  return layer;
}

struct Forest {
  const home::Home& home;
  Tops tops;
  std::multimap<std::string, std::string> children;  // by parent
};

// NOLINTNEXTLINE(misc-no-recursion): as high as an image has layers
void grow(const Forest& forest, TreeLayer& layer) {
  const auto [begin, end] = forest.children.equal_range(layer.id);
  for (auto at = begin; at != end; ++at) {
    layer.above.push_back(tree_layer(forest.home, forest.tops, at->second));
    grow(forest, layer.above.back());
  }
}

}  // namespace

std::vector<Step> history(const home::Home& home, const std::string& text) {
  const storage::Image image = get(home, text);
  const Tops tops = tops_of(home);
  const std::vector<oci::HistoryEntry> entries = steps_of(image);
  std::vector<Step> steps;
  std::size_t next = 0;
  std::string layer;
  for (const oci::HistoryEntry& entry : entries) {
    Step step{.created = entry.created, .created_by = entry.created_by, .comment = entry.comment};
    if (!entry.empty_layer && next < image.layers.size()) {
      layer = image.layers[next++];
      step.size = storage::layer_size(home, layer);
    }
    const bool is_last = steps.size() + 1 == entries.size();
    const storage::Image* made = is_last ? &image : find_made(tops, layer, steps.size() + 1);
    if (made != nullptr) {
      step.image = made->id;
      step.names = made->names;
    }
    steps.push_back(std::move(step));
  }
  std::ranges::reverse(steps);
  return steps;
}

std::vector<TreeLayer> layers_of(const home::Home& home, const std::string& text) {
  const storage::Image image = get(home, text);
  const Tops tops = tops_of(home);
  std::vector<TreeLayer> layers;
  for (const std::string& id : image.layers)
    layers.push_back(tree_layer(home, tops, id));
  return layers;
}

std::vector<TreeLayer> layers_above(const home::Home& home, const std::string& text) {
  std::vector<TreeLayer> layers = layers_of(home, text);
  if (layers.empty()) return layers;
  Forest forest{home, tops_of(home), {}};
  for (const storage::Layer& layer : storage::LayerStore(storage::Layout(home)).list())
    forest.children.emplace(layer.parent, layer.id);
  grow(forest, layers.back());
  return layers;
}

}  // namespace images
