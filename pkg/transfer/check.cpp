#include "pkg/transfer/check.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/json.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/containers/sweep.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/layer_source.hpp"
#include "pkg/userns/mapping.hpp"
#include "storage/image_store.hpp"
#include "storage/partial_blob.hpp"
#include "storage/tar/comparison.hpp"
#include "storage/trash.hpp"
#include "storage/volume_store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include <sys/stat.h>

namespace transfer {
namespace {

using Faults = std::vector<std::string>;

constexpr std::size_t kMostFaults = 20;  // of one thing that are told

class Checker {
 public:
  Checker(const home::Home& home, const CheckOptions& options)
      : home_(home),
        options_(options),
        layout_(home),
        is_squashed_(userns::mapping_of(home).is_single()) {}

  Findings run();

 private:
  void check_layers();
  void check_layer(const std::string& id);
  void compare_files(const storage::Layer& layer);
  void read_bodies(const storage::Layer& layer);
  void check_images();
  void check_image(const std::string& id);
  void check_orphans();
  void check_containers();
  void check_container(const std::string& id);
  void check_volumes();

  // What `work` throws is a fault.
  template <typename Work>
  void attempt(Damage& damage, const std::string& id, Work work) {
    try {
      work();
    } catch (const base::Error& error) {
      damage[id].emplace_back(error.what());
    }
  }

  const home::Home& home_;
  CheckOptions options_;
  storage::Layout layout_;
  bool is_squashed_;
  std::set<std::string> used_layers_;
  Findings findings_;
};

void Checker::compare_files(const storage::Layer& layer) {
  const storage::LayerStore store(layout_);
  const Faults faults =
      tar::compare_tree(store.folder(layer.id), store.root(layer.id), is_squashed_);
  for (std::size_t i = 0; i < std::min(faults.size(), kMostFaults); ++i)
    findings_.layers[layer.id].push_back(faults[i]);
  if (faults.size() > kMostFaults) {
    findings_.layers[layer.id].push_back(fmt::format("and {} more", faults.size() - kMostFaults));
  }
}

void Checker::read_bodies(const storage::Layer& layer) {
  const auto archive = open_layer({.layout = layout_}, layer);
  while (!archive->read().empty()) {
  }
}

void Checker::check_layer(const std::string& id) {
  const storage::LayerStore store(layout_);
  const auto layer = store.find(id);
  if (!layer) throw base::Error("its record is missing");
  if (layer->id != id || chain_id(layer->parent, layer->diff_id) != id) {
    throw base::Error("its record is another layer's");
  }
  if (!sys::exists(store.root(id))) throw base::Error("its files are missing");
  compare_files(*layer);
  if (!options_.quick && !findings_.layers.contains(id)) read_bodies(*layer);
}

void Checker::check_layers() {
  for (const std::string& id : sys::list_dir(layout_.layers()))
    attempt(findings_.layers, id, [&] { check_layer(id); });
}

void Checker::check_image(const std::string& id) {
  const storage::ImageStore store(layout_);
  const auto image = store.find(id);
  if (!image) throw base::Error("its record is missing");
  used_layers_.insert(image->layers.begin(), image->layers.end());
  if (hash::sha256(store.config_bytes(id)) != id) {
    throw base::Error("its configuration is not what it was");
  }
  base::Json::parse(store.manifest_bytes(id));
  std::string chain;
  for (const auto& diff_id : image->config.diff_ids)
    chain = chain_id(chain, diff_id.text());
  if (image->layers.size() != image->config.diff_ids.size() ||
      (!image->layers.empty() && image->layers.back() != chain)) {
    throw base::Error("its layers are not those of its configuration");
  }
  for (const std::string& layer : image->layers) {
    const char* fault = findings_.layers.contains(layer)    ? "damaged"
                        : sys::exists(layout_.layer(layer)) ? nullptr
                                                            : "missing";
    if (fault == nullptr) continue;
    findings_.images[id].push_back(fmt::format("layer {} is {}", base::short_id(layer), fault));
  }
}

void Checker::check_images() {
  for (const std::string& id : sys::list_dir(layout_.images()))
    attempt(findings_.images, id, [&] { check_image(id); });
}

// Of a pull that was killed; a later one may still use them.
void Checker::check_orphans() {
  if (!findings_.images.empty()) return;  // which layers they have, is not known
  for (const std::string& id : sys::list_dir(layout_.layers())) {
    struct stat status {};
    const std::string path = fmt::format("{}/{}", layout_.layers(), id);
    if (used_layers_.contains(id) || ::stat(path.c_str(), &status) != 0) continue;
    const std::int64_t age = base::now() - status.st_ctim.tv_sec * 1'000'000'000;
    if (age > options_.most_age.count()) {
      findings_.layers[id].emplace_back("no image has it");
    } else {
      findings_.leftovers.push_back(path);
    }
  }
}

void Checker::check_container(const std::string& id) {
  const auto container = containers::find_by_id(home_, id);
  if (!container) throw base::Error("its record is missing");
  containers::load_spec(home_, *container);
  if (!sys::exists(layout_.rootfs(id))) throw base::Error("its writable layer is missing");
  if (findings_.images.contains(container->image_id)) {
    throw base::Error("its image is damaged: " + container->image_name);
  }
  for (const std::string& layer : container->layers) {
    if (!findings_.layers.contains(layer) && sys::exists(layout_.layer(layer))) continue;
    throw base::Error(fmt::format("layer {} is missing or damaged", base::short_id(layer)));
  }
}

void Checker::check_containers() {
  for (const std::string& id : sys::list_dir(home_.containers())) {
    if (!base::is_id_prefix(id)) continue;
    attempt(findings_.containers, id, [&] { check_container(id); });
  }
}

void Checker::check_volumes() {
  const storage::VolumeStore store(layout_);
  for (const std::string& name : sys::list_dir(layout_.volumes())) {
    attempt(findings_.volumes, name, [&] {
      const auto volume = store.find(name);
      if (!volume) throw base::Error("its record is missing");
      if (!sys::exists(volume->data)) throw base::Error("its files are missing");
    });
  }
}

Findings Checker::run() {
  check_layers();
  check_images();
  check_orphans();
  check_containers();
  check_volumes();
  for (const auto& paths : {storage::leftovers(home_), storage::idle_partial_blobs(layout_),
                            containers::leftovers(home_)})
    findings_.leftovers.insert(findings_.leftovers.end(), paths.begin(), paths.end());
  return std::move(findings_);
}

}  // namespace

Findings check(const home::Home& home, const CheckOptions& options) {
  return Checker(home, options).run();
}

}  // namespace transfer
