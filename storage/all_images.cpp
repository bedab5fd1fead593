#include "storage/all_images.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/file.hpp"
#include "storage/layer_store.hpp"
#include "storage/refs.hpp"

#include <algorithm>
#include <set>

namespace storage {
namespace {

// What is wrong in one of them hides neither our own images nor those of the others.
template <typename Answer, typename Ask>
Answer ask(const OtherStore& store, Ask question) try {
  return question(store);
} catch (const base::Error& error) {
  base::log::warn("additional store {}: {}", store.path(), error.what());
  return {};
}

}  // namespace

const AllImages::Others& AllImages::others() const {
  if (!others_) others_ = open_other_stores(home_);
  return *others_;
}

const OtherStore* AllImages::find_store(const Image& image) const {
  const auto found = std::ranges::find_if(
      others(), [&](const auto& store) { return store->path() == image.store; });
  return found == others().end() ? nullptr : found->get();
}

std::optional<Image> AllImages::find(const std::string& id, bool with_names) const {
  if (auto image = own_.find(id, with_names)) return image;
  for (const auto& store : others()) {
    auto image =
        ask<std::optional<Image>>(*store, [&](const OtherStore& other) { return other.find(id); });
    if (image) return image;
  }
  return std::nullopt;
}

std::optional<std::string> AllImages::find_id(const std::string& name) const {
  if (auto id = own_.find_id(name)) return id;
  for (const auto& store : others()) {
    auto id = ask<std::optional<std::string>>(
        *store, [&](const OtherStore& other) { return other.find_id(name); });
    if (id) return id;
  }
  return std::nullopt;
}

std::vector<std::string> AllImages::ids() const {
  std::vector<std::string> ids = own_.ids();
  std::set<std::string> seen(ids.begin(), ids.end());
  for (const auto& store : others()) {
    for (const std::string& id : ask<std::vector<std::string>>(
             *store, [](const OtherStore& other) { return other.ids(); })) {
      if (seen.insert(id).second) ids.push_back(id);
    }
  }
  return ids;
}

std::vector<std::string> AllImages::names() const {
  std::vector<std::string> all = storage::names(Layout(home_));
  for (const auto& store : others()) {
    const auto more = ask<std::vector<std::string>>(
        *store, [](const OtherStore& other) { return other.names(); });
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

std::vector<Image> AllImages::list() const {
  std::vector<Image> images = own_.list();
  std::set<std::string> seen;
  for (const Image& image : images)
    seen.insert(image.id);
  for (const auto& store : others()) {
    for (const std::string& id : ask<std::vector<std::string>>(
             *store, [](const OtherStore& other) { return other.ids(); })) {
      if (!seen.insert(id).second) continue;
      auto image = ask<std::optional<Image>>(
          *store, [&](const OtherStore& other) { return other.find(id); });
      if (image) images.push_back(std::move(*image));
    }
  }
  return images;
}

bool AllImages::is_whole(const Image& image) const {
  if (image.store.empty()) return own_.is_whole(image);
  const OtherStore* const store = find_store(image);
  return store != nullptr && std::ranges::all_of(image.layers, [&](const std::string& layer) {
           return store->find_tree(layer).has_value();
         });
}

std::string AllImages::manifest_bytes(const Image& image) const {
  if (image.store.empty()) return own_.manifest_bytes(image.id);
  const OtherStore* const store = find_store(image);
  return store == nullptr ? "" : store->manifest_bytes(image.id);
}

bool AllImages::can_be_mounted(const Image& image) const {
  if (image.store.empty()) return true;
  const OtherStore* const store = find_store(image);
  return store != nullptr && store->can_be_mounted(image);
}

std::vector<std::string> trees_of(const home::Home& home, const std::vector<std::string>& layers) {
  const LayerStore own{Layout(home)};
  std::optional<std::vector<std::unique_ptr<OtherStore>>> others;
  std::vector<std::string> trees;
  for (const std::string& layer : layers) {
    trees.push_back(own.root(layer));
    if (sys::exists(trees.back())) continue;
    if (!others) others = open_other_stores(home);
    for (const auto& store : *others) {
      const auto tree = store->find_tree(layer);
      if (!tree) continue;
      trees.back() = *tree;
      break;
    }
  }
  return trees;
}

std::int64_t layer_size(const home::Home& home, const std::string& layer) {
  if (const auto own = LayerStore(Layout(home)).find(layer)) return own->size;
  for (const auto& store : open_other_stores(home)) {
    const auto size =
        ask<std::int64_t>(*store, [&](const OtherStore& other) { return other.size_of(layer); });
    if (size > 0) return size;
  }
  return 0;
}

}  // namespace storage
