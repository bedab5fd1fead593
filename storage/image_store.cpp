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
#include "storage/staging.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <set>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

namespace storage {
namespace {

// Names by image id.
using Names = std::map<std::string, std::vector<std::string>>;

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

std::string id_of_link(const std::string& target) {
  return target.substr(target.rfind('/') + 1);
}

Names read_names(const Layout& layout) {
  Names names;
  for (const std::string& file : sys::list_dir(layout.refs())) {
    const auto target = sys::find_link(layout.refs() + "/" + file);
    if (target) names[id_of_link(*target)].push_back(Layout::unescape_ref(file));
  }
  return names;
}

void check_layers(const Layout& layout, const Image& image) {
  for (const std::string& layer : image.layers) {
    if (sys::exists(layout.layer(layer))) continue;
    throw base::Error(fmt::format("image {}: layer {} is missing", base::short_id(image.id),
                                  base::short_id(layer)));
  }
}

// The image was there: one more place it can be had from.
void add_repo_digests(const Layout& layout, const Image& image) {
  auto found = find_record(layout, image.id);
  if (!found) return;
  const std::size_t before = found->repo_digests.size();
  for (const std::string& digest : image.repo_digests) {
    if (std::ranges::count(found->repo_digests, digest) == 0) found->repo_digests.push_back(digest);
  }
  if (found->repo_digests.size() == before) return;
  replace_record(layout, layout.image(image.id) + "/image.json", text_of(*found));
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

// For who decided to remove it before (HeldImages::is_newer). The clock is the one that they read,
// not the kernel's coarser one.
void note_use(const Layout& layout, const std::string& id) {
  const base::Time now = base::now();
  const timespec time{.tv_sec = now / 1'000'000'000, .tv_nsec = now % 1'000'000'000};
  const timespec times[] = {time, time};
  ::utimensat(AT_FDCWD, layout.image(id).c_str(), times, 0);
}

void give_name(const Layout& layout, const std::string& id, const std::string& name) {
  const Staged staged(layout);
  sys::make_link("../images/" + id, staged.path() + "/ref");
  sys::rename_path(staged.path() + "/ref", layout.ref(name));
  note_use(layout, id);
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
  const auto target = sys::find_link(layout_.ref(name));
  if (!target) return std::nullopt;
  return id_of_link(*target);
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
    if (!staged.publish(target)) add_repo_digests(layout_, image);
    note_use(layout_, image.id);
    for (const std::string& name : image.names)
      give_name(layout_, image.id, name);
  }
  make_durable(layout_.images());
  if (!image.names.empty()) make_durable(layout_.refs());
}

std::string ImageStore::config_bytes(const std::string& id) const {
  return sys::read_file(layout_.image(id) + "/config.json");
}

std::string ImageStore::manifest_bytes(const std::string& id) const {
  return sys::read_file(layout_.image(id) + "/manifest.json");
}

void ImageStore::tag(const std::string& id, const std::string& name) const {
  const sys::Lock lock = lock_images(layout_);
  if (!sys::exists(layout_.image(id))) {
    throw base::Error(fmt::format("tag {}: image {} is gone", name, base::short_id(id)));
  }
  give_name(layout_, id, name);
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
  if (!find_record(layout_, id)) return;
  const Names names = read_names(layout_);
  if (const auto found = names.find(id); found != names.end()) {
    for (const std::string& name : found->second)
      untag(name);
  }
  move_to_trash(layout_, layout_.image(id));
  remove_orphans(layout_);
}

bool HeldImages::is_newer(const std::string& id, base::Time moment) const {
  struct stat status {};
  if (::stat(layout_.image(id).c_str(), &status) != 0) return false;
  return status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec > moment;
}

}  // namespace storage
