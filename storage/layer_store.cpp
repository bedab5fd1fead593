#include "storage/layer_store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/json.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/trash.hpp"

#include <sys/stat.h>

namespace storage {
namespace {

bool is_full_id(const std::string& id) {
  return id.size() == 64 && base::is_id_prefix(id);
}

std::string text_of(const Layer& layer) {
  base::Json json = base::Json::object();
  json["id"] = layer.id;
  json["parent"] = layer.parent;
  json["diffId"] = layer.diff_id;
  json["blob"] = layer.blob;
  json["mediaType"] = layer.media_type;
  json["blobSize"] = layer.blob_size;
  json["size"] = layer.size;
  json["files"] = layer.files;
  return json.dump(2) + "\n";
}

Layer parse_layer(std::string_view text) {
  const base::Json json = base::Json::parse(text);
  Layer layer;
  layer.id = json.string_or("id", "");
  layer.parent = json.string_or("parent", "");
  layer.diff_id = json.string_or("diffId", "");
  layer.blob = json.string_or("blob", "");
  layer.media_type = json.string_or("mediaType", "");
  layer.blob_size = json.integer_or("blobSize", 0);
  layer.size = json.integer_or("size", 0);
  layer.files = json.integer_or("files", 0);
  return layer;
}

}  // namespace

void StagedLayer::describe(const Layer& layer) {
  sys::create_file(staged_.path() + "/layer.json", text_of(layer), 0600);
  id_ = layer.id;
}

// Layers are removed under the lock of the images only, so ours is not, between being its maker's
// and being held.
sys::Lock StagedLayer::commit() {
  const Layout layout = staged_.layout();
  const std::string path = layout.layer(id_);
  const sys::Lock images = lock_images(layout);
  std::optional<sys::Lock> lock = staged_.publish(path);
  if (lock && lock->share()) return std::move(*lock);
  return sys::Lock::take(path, sys::Lock::Mode::Shared);
}

std::optional<Layer> LayerStore::find(const std::string& id) const try {
  if (!is_full_id(id)) return std::nullopt;
  const auto text = sys::find_file(layout_.layer(id) + "/layer.json");
  if (!text) return std::nullopt;
  return parse_layer(*text);
} catch (base::Error& error) {
  error.during("layer " + base::short_id(id));
  throw;
}

std::vector<Layer> LayerStore::list() const {
  std::vector<Layer> layers;
  for (const std::string& id : sys::list_dir(layout_.layers())) {
    if (auto layer = find(id)) layers.push_back(std::move(*layer));
  }
  return layers;
}

std::string LayerStore::root(const std::string& id) const {
  return layout_.layer(id) + "/root";
}

std::string LayerStore::folder(const std::string& id) const {
  return layout_.layer(id);
}

StagedLayer LayerStore::stage() const {
  layout_.prepare();
  sys::spread_folders(layout_.staging());  // layers are made side by side
  StagedLayer layer{Staged(layout_)};
  sys::make_dir(layer.root());
  if (::chmod(layer.root().c_str(), 0755) != 0) throw base::SysError(layer.root());  // umask
  return layer;
}

NamedLock LayerStore::lock_blob(const std::string& digest) const {
  return NamedLock::take(layout_, "blob-" + digest);
}

std::optional<NamedLock> LayerStore::try_lock_blob(const std::string& digest) const {
  return NamedLock::try_take(layout_, "blob-" + digest);
}

std::optional<sys::Lock> LayerStore::hold(const std::string& id) const {
  if (!is_full_id(id)) return std::nullopt;
  const std::string path = layout_.layer(id);
  auto lock = sys::Lock::try_take(path, sys::Lock::Mode::Shared);
  // Whoever holds it exclusively is removing it.
  if (!lock || !sys::exists(path)) return std::nullopt;
  return lock;
}

bool LayerStore::remove(const std::string& id) const {
  const std::string path = layout_.layer(id);
  const auto lock = sys::Lock::try_take(path);
  if (!lock) return !sys::exists(path);
  move_to_trash(layout_, path);
  return true;
}

}  // namespace storage
