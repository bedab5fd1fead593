#include "pkg/transfer/save.hpp"

#include "pkg/base/error.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/sys/lock.hpp"
#include "pkg/transfer/import_store.hpp"
#include "pkg/transfer/store.hpp"
#include "storage/image_use.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace transfer {
namespace {

using Images = std::vector<SavedOut>;

void add_once(std::vector<std::string>& list, const std::string& word) {
  if (!word.empty() && std::ranges::count(list, word) == 0) list.push_back(word);
}

// An image is written once, with all the names it was asked for by.
void add_image(Images& images, images::Found found) {
  const auto same = std::ranges::find_if(
      images, [&](const SavedOut& other) { return other.image.id == found.image.id; });
  if (same != images.end()) return add_once(same->names, found.name);
  images.push_back({std::move(found.image), {}});
  add_once(images.back().names, found.name);
}

Images choose(const home::Home& home, const SaveOptions& options) {
  Images images;
  for (const std::string& name : options.images) {
    auto found = images::find_named(home, name, false);
    if (found) {
      add_image(images, std::move(*found));
    } else if (images.empty() || options.several) {
      throw base::Error(name + ": image not known");
    } else {
      add_once(images.front().names, images::local_name(name));
    }
  }
  if (options.names) images.front().names = *options.names;
  return images;
}

// Nobody removes what is being read.
std::vector<sys::Lock> hold(const Store& store, const Images& images) {
  std::vector<sys::Lock> locks;
  const storage::LayerStore layers(store.layout);
  for (const SavedOut& saved : images) {
    for (const std::string& layer : saved.image.layers) {
      auto lock = layers.hold(layer);
      if (!lock) throw base::Error(fmt::format("layer {} is missing: pull the image again", layer));
      locks.push_back(std::move(*lock));
    }
  }
  return locks;
}

bool is_archive(Layout layout) {
  return layout == Layout::DockerArchive || layout == Layout::OciArchive;
}

void check(const SaveOptions& options, const Images& images) {
  if (options.layout == Layout::DockerFolder && images.size() > 1) {
    throw base::Error("docker-dir holds one image: name one, or save with --format oci-dir");
  }
  if (!is_archive(options.layout) && options.path.empty()) {
    throw base::Error("a folder needs a name: --output");
  }
  if (options.layout == Layout::DockerArchive && options.compress == true) {
    throw base::Error("--compress: layers of a docker-archive are not compressed");
  }
}

}  // namespace

Layout parse_layout(const std::string& word) {
  if (word == "docker-archive" || word.empty()) return Layout::DockerArchive;
  if (word == "oci-archive") return Layout::OciArchive;
  if (word == "docker-dir" || word == "dir") return Layout::DockerFolder;
  if (word == "oci-dir" || word == "oci") return Layout::OciFolder;
  throw base::Error(fmt::format(
      "--format: {}: not one of docker-archive, oci-archive, docker-dir, oci-dir", word));
}

void save(const home::Home& home, const SaveOptions& options) {
  Images images = choose(home, options);
  check(options, images);
  const std::unique_ptr<FileSink> sink =
      is_archive(options.layout) ? open_archive_sink(options.path, storage::Layout(home))
                                 : open_folder_sink(options.path);
  const Store store = open_store(home);
  for (SavedOut& saved : images)
    saved.image = owned(home, store, saved.image);
  const std::vector<sys::Lock> held = hold(store, images);
  Saving saving{.store = store, .sink = *sink, .compress = options.compress.value_or(false)};
  switch (options.layout) {
    case Layout::DockerArchive:
      write_docker_archive(saving, images);
      break;
    case Layout::DockerFolder:
      write_docker_folder(saving, images.front());
      break;
    case Layout::OciArchive:
    case Layout::OciFolder:
      saving.compress = options.compress.value_or(true);
      write_oci(saving, images);
      break;
  }
  sink->commit();
}

}  // namespace transfer
