#include "storage/image_store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/time.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/durable.hpp"
#include "storage/image_use.hpp"
#include "storage/layer_store.hpp"
#include "storage/refs.hpp"
#include "storage/staging.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <ctime>
#include <set>
#include <utility>

#include <sys/stat.h>

namespace storage {
namespace {

std::string text_of(const Image& image) {
  base::Json json = base::Json::object();
  json["id"] = image.id;
  json["manifestDigest"] = image.manifest_digest;
  json["repoDigests"] = base::Json(image.repo_digests);
  json["layers"] = base::Json(image.layers);
  json["size"] = image.size;
  return json.dump(2) + "\n";
}

// Everything but the configuration and the names.
std::optional<Image> find_record(const Layout& layout, const std::string& id) {
  if (id.size() != 64 || !base::is_id_prefix(id)) return std::nullopt;
  const auto text = sys::find_file(layout.image(id) + "/image.json");
  if (!text) return std::nullopt;
  const base::Json json = base::Json::parse(*text);
  Image image;
  image.id = id;
  image.manifest_digest = json.string_or("manifestDigest", "");
  image.repo_digests = json.strings_or_none("repoDigests");
  image.layers = json.strings_or_none("layers");
  image.size = json.integer_or("size", 0);
  return image;
}

void check_layers(const Layout& layout, const Image& image) {
  for (const std::string& layer : image.layers) {
    if (sys::exists(layout.layer(layer))) continue;
    throw base::Error(fmt::format("image {}: layer {} is missing", base::short_id(image.id),
                                  base::short_id(layer)));
  }
}

std::string kept_manifest(const Layout& layout, const std::string& id, const std::string& digest) {
  return fmt::format("{}/manifests/{}.json", layout.image(id), digest.substr(digest.find(':') + 1));
}

// The image's new manifest counts from now on; the former one is still found by its digest.
void replace_manifest(const Layout& layout, Image& record, const Image& with,
                      std::string_view bytes) {
  const std::string path = layout.image(record.id) + "/manifest.json";
  const auto former = sys::find_file(path);
  if (former == bytes) return;
  if (former && !former->empty() && !record.manifest_digest.empty()) {
    sys::make_dirs(layout.image(record.id) + "/manifests", 0700);
    replace_record(layout, kept_manifest(layout, record.id, record.manifest_digest), *former);
  }
  replace_record(layout, path, bytes);
  record.manifest_digest = with.manifest_digest;
}

// The image was there: one more place it can be had from, perhaps by another manifest.
void add_origin(const Layout& layout, const Image& image, std::string_view manifest_bytes) {
  auto found = find_record(layout, image.id);
  if (!found) return;
  const std::string before = text_of(*found);
  for (const std::string& digest : image.repo_digests) {
    std::erase(found->repo_digests, digest);  // the newest are the last
    found->repo_digests.push_back(digest);
  }
  if (!image.repo_digests.empty()) replace_manifest(layout, *found, image, manifest_bytes);
  const std::string after = text_of(*found);
  if (after != before) replace_record(layout, layout.image(image.id) + "/image.json", after);
}

// Nothing when it cannot be known, because an image is damaged.
std::optional<std::set<std::string>> layers_in_use(const Layout& layout) {
  std::set<std::string> used;
  try {
    for (const std::string& id : sys::list_dir(layout.images())) {
      const auto image = find_record(layout, id);
      if (image) used.insert(image->layers.begin(), image->layers.end());
    }
  } catch (const base::Error& error) {
    base::log::warn("layers stay: an image is damaged: {}", error.what());
    return std::nullopt;
  }
  return used;
}

bool is_older(const std::string& path, std::chrono::seconds age) {
  if (age.count() == 0) return true;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return false;
  return status.st_mtime + age.count() < std::time(nullptr);
}

// Those of an interrupted pull, and of images that are gone.
void remove_orphans(const Layout& layout, std::chrono::seconds age = {}) {
  const std::vector<std::string> all = sys::list_dir(layout.layers());
  if (all.empty()) return;
  const auto used = layers_in_use(layout);
  if (!used) return;
  const LayerStore layers(layout);
  for (const std::string& layer : all) {
    const bool is_orphan = !used->contains(layer) && is_older(layers.folder(layer), age);
    if (is_orphan) layers.remove(layer);
  }
}

// One damaged image shall not hide the others.
std::optional<Image> find_sound(const ImageStore& store, const std::string& id) {
  try {
    return store.find(id);
  } catch (const base::Error& error) {
    base::log::warn("{}", error.what());
    return std::nullopt;
  }
}

}  // namespace

std::optional<Image> ImageStore::find(const std::string& id, bool with_names) const try {
  std::optional<Image> image = find_record(layout_, id);
  if (!image) return std::nullopt;
  const auto config = sys::find_file(layout_.image(id) + "/config.json");
  if (!config) return std::nullopt;  // removed at this moment
  image->config = oci::ImageConfig::parse(*config);
  if (with_names) image->names = read_names(layout_)[id];
  return image;
} catch (base::Error& error) {
  error.during("image " + base::short_id(id));
  throw;
}

std::optional<std::string> ImageStore::find_id(const std::string& name) const {
  return storage::find_id(layout_, name);
}

std::vector<std::string> ImageStore::ids() const {
  std::vector<std::string> ids = sys::list_dir(layout_.images());
  std::erase_if(ids,
                [](const std::string& id) { return id.size() != 64 || !base::is_id_prefix(id); });
  return ids;
}

std::vector<Image> ImageStore::list() const {
  Names names = read_names(layout_);
  std::vector<Image> images;
  for (const std::string& id : ids()) {
    auto image = find_sound(*this, id);
    if (!image) continue;
    image->names = std::move(names[id]);
    images.push_back(std::move(*image));
  }
  return images;
}

bool ImageStore::is_whole(const Image& image) const {
  return std::ranges::all_of(image.layers, [&](const std::string& layer) {
    return sys::exists(layout_.layer(layer) + "/root");
  });
}

void ImageStore::publish(const Image& image, std::string_view config_bytes,
                         std::string_view manifest_bytes) const {
  const std::string record = text_of(image);
  Staged staged(layout_);
  const std::pair<const char*, std::string_view> files[] = {
      {"/image.json", record}, {"/config.json", config_bytes}, {"/manifest.json", manifest_bytes}};
  for (const auto& [name, text] : files)
    sys::create_file(staged.path() + name, text, 0600);
  for (const auto& [name, text] : files)
    make_durable(staged.path() + name);
  make_durable(staged.path());
  make_durable(layout_.layers());  // their names come to the disk before the image's
  {
    const sys::Lock lock = lock_images(layout_);
    check_layers(layout_, image);
    const std::string target = layout_.image(image.id);
    if (sys::exists(target) && !find_sound(*this, image.id)) throw_away(layout_, target);
    if (!staged.publish(target)) add_origin(layout_, image, manifest_bytes);
    note_use(target);
    for (const std::string& name : image.names)
      give_name(layout_, layout_.image(image.id), name);
  }
  make_durable(layout_.images());
  if (!image.names.empty()) make_durable(layout_.refs());
}

std::string ImageStore::config_bytes(const std::string& id) const {
  return sys::read_file(layout_.image(id) + "/config.json");
}

std::string ImageStore::manifest_bytes(const std::string& id, const std::string& digest) const {
  if (!digest.empty()) {
    if (auto kept = sys::find_file(kept_manifest(layout_, id, digest))) return std::move(*kept);
  }
  return sys::read_file(layout_.image(id) + "/manifest.json");
}

bool ImageStore::has_manifest(const Image& image, const std::string& digest) const {
  return image.manifest_digest == digest || sys::exists(kept_manifest(layout_, image.id, digest));
}

void ImageStore::tag(const std::string& id, const std::string& name) const {
  const sys::Lock lock = lock_images(layout_);
  if (!sys::exists(layout_.image(id))) {
    throw base::Error(fmt::format("tag {}: image {} is gone", name, base::short_id(id)));
  }
  give_name(layout_, layout_.image(id), name);
  make_durable(layout_.refs());
}

bool ImageStore::untag(const std::string& name) const {
  return HeldImages(layout_).untag(name);
}

void ImageStore::remove(const std::string& id) const {
  HeldImages(layout_).remove(id);
}

void ImageStore::remove_orphan_layers(std::chrono::seconds age) const {
  const sys::Lock lock = lock_images(layout_);
  remove_orphans(layout_, age);
}

std::optional<sys::Lock> hold_image(const Layout& layout, const std::string& id) {
  layout.prepare();
  sys::Lock lock = sys::Lock::take(layout.images(), sys::Lock::Mode::Shared);
  if (!sys::exists(layout.image(id))) return std::nullopt;
  return lock;
}

HeldImages::HeldImages(Layout layout) : layout_(std::move(layout)), lock_(lock_images(layout_)) {}

bool HeldImages::untag(const std::string& name) const {
  return sys::remove_file(layout_.ref(name));
}

// First the names, then the image, then its layers: whoever is interrupted leaves layers that no
// image has, never an image that lacks a layer.
void HeldImages::remove(const std::string& id) const {
  const bool is_image = find_record(layout_, id).has_value();
  if (!is_image && !sys::exists(layout_.list(id))) return;
  take_names(layout_, id);
  move_to_trash(layout_, is_image ? layout_.image(id) : layout_.list(id));
  if (is_image) remove_orphans(layout_);
}

bool HeldImages::is_newer(const std::string& id, base::Time moment) const {
  struct stat status {};
  const bool is_there = ::stat(layout_.image(id).c_str(), &status) == 0 ||
                        ::stat(layout_.list(id).c_str(), &status) == 0;
  return is_there && status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec > moment;
}

}  // namespace storage
