#include "pkg/transfer/commit.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/changes.hpp"
#include "pkg/transfer/container_tree.hpp"
#include "pkg/transfer/import_store.hpp"
#include "pkg/transfer/standstill.hpp"
#include "pkg/transfer/store.hpp"
#include "storage/all_images.hpp"
#include "storage/image_store.hpp"
#include "storage/volume_store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace transfer {
namespace {

using containers::Container;
using Texts = std::vector<std::string>;

void add_once(Texts& list, const std::string& word) {
  if (std::ranges::count(list, word) == 0) list.push_back(word);
}

// Of several values the last one counts, at the place of the first.
Texts each_once(const Texts& env) {
  Texts kept;
  for (const std::string& entry : env) {
    const std::string name = entry.substr(0, entry.find('=') + 1);
    const auto same = std::ranges::find_if(
        kept, [&](const std::string& other) { return other.starts_with(name); });
    if (same != kept.end()) {
      *same = entry;
    } else {
      kept.push_back(entry);
    }
  }
  return kept;
}

// Those that the container has for itself, as in podman; or all that the user asked for.
void add_volumes(oci::ImageConfig& config, const Container& container, bool all) {
  for (const containers::VolumeMount& mount : container.options.mounts) {
    const bool is_anonymous = std::ranges::count(container.anonymous_volumes, mount.source) != 0;
    if (all || is_anonymous) add_once(config.volumes, mount.target);
  }
}

// The image's configuration with what the container was made with.
oci::ImageConfig config_of(const storage::Image& image, const Container& container,
                           const CommitOptions& options) {
  oci::ImageConfig config = image.config;
  const containers::Options& made = container.options;
  config.created = base::now();
  if (!options.author.empty()) config.author = options.author;
  config.env = each_once(made.env);
  config.entrypoint = made.entrypoint.value_or(Texts{});
  config.cmd = made.command;
  config.user = made.user;
  config.working_dir = made.workdir;
  config.labels = made.labels;
  for (const auto& port : made.network.ports)
    add_once(config.exposed_ports, fmt::format("{}/{}", port.container_port, port.protocol));
  for (const std::string& port : made.expose)
    add_once(config.exposed_ports, port.find('/') == std::string::npos ? port + "/tcp" : port);
  add_volumes(config, container, options.include_volumes);
  for (const std::string& change : options.changes)
    apply_change(config, change);
  return config;
}

storage::Image image_of(const home::Home& home, const Container& container) {
  if (!container.options.rootfs.empty()) {
    throw base::Error(
        "its root (--rootfs) is not an image's: pack it with `pod export`, and make "
        "an image of that with `pod import`");
  }
  auto image = storage::AllImages(home).find(container.image_id);
  if (!image) throw base::Error("the image that it was made of is gone");
  return std::move(*image);
}

// Above the topmost of these layers.
AddedLayer add_written(const home::Home& home, const Store& store, const Container& container,
                       const Texts& layers) {
  return add_layer(store, pack_written(home, container), layers.empty() ? "" : layers.back());
}

// What the layer below holds stays while this image becomes known, for its own image holds it.
void complete(storage::Image& image, const Container& container, const CommitOptions& options,
              const storage::Layer& layer) {
  if (options.squash) {
    image.layers.clear();
    image.size = 0;
    image.config.diff_ids.clear();
    image.config.history.clear();
  }
  image.layers.push_back(layer.id);
  image.size += layer.size;
  image.config.diff_ids.push_back(oci::Digest::parse(layer.diff_id));
  const std::string origin = "FROM " + container.image_name;
  image.config.history.push_back({.created = image.config.created,
                                  .created_by = base::join(container.command, " "),
                                  .comment = options.message.empty() ? origin : options.message,
                                  .author = options.author,
                                  .empty_layer = false});
}

std::vector<storage::Layer> records_of(const Store& store, const Texts& ids) {
  std::vector<storage::Layer> layers;
  for (const std::string& id : ids) {
    auto layer = storage::LayerStore(store.layout).find(id);
    if (!layer) throw base::Error(fmt::format("layer {} is missing", id));
    layers.push_back(std::move(*layer));
  }
  return as_plain(store, std::move(layers));
}

}  // namespace

std::string commit(const home::Home& home, const CommitOptions& options) try {
  // Whatever the user got wrong is found before the work begins.
  const Container container = containers::get(home, options.container);
  storage::Image image = image_of(home, container);
  image.config = config_of(image, container, options);
  Texts names;
  if (!options.name.empty()) names.push_back(images::local_name(options.name));

  const Store store = open_store(home);
  image.layers = owned(home, store, image).layers;
  image.store.clear();
  std::optional<Standstill> standstill;
  if (options.pause) standstill.emplace(home, container);
  const AddedLayer added = options.squash ? add_layer(store, pack_root(home, container), "")
                                          : add_written(home, store, container, image.layers);
  standstill.reset();
  complete(image, container, options, added.layer);
  const Made made =
      describe(image.config.json().dump(), records_of(store, image.layers), options.format);
  image.manifest_digest.clear();
  image.repo_digests.clear();
  return publish(store, std::move(image), made, names);
} catch (base::Error& error) {
  error.during(options.container);
  throw;
}

}  // namespace transfer
