#include "storage/other_store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/file.hpp"
#include "storage/additional.hpp"
#include "storage/layer_store.hpp"
#include "storage/peer_store.hpp"
#include "storage/refs.hpp"

#include <algorithm>
#include <sstream>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace storage {
namespace {

// Its root belongs to whom we are: outside of the user's namespace, and inside. Then so do the
// subordinate ids that the user's other files there have.
bool is_of_our_ids(const std::string& tree) {
  struct stat status {};
  return ::stat(tree.c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

class OurOther : public OtherStore {
 public:
  OurOther(const std::string& path, const Layout& layout)
      : OtherStore(path), layout_(layout), images_(layout), layers_(layout) {}

  std::optional<Image> find(const std::string& id) const override {
    auto image = images_.find(id, true);
    if (image) image->store = path();
    return image;
  }
  std::optional<std::string> find_id(const std::string& name) const override {
    return images_.find_id(name);
  }
  std::vector<std::string> ids() const override { return images_.ids(); }
  std::vector<std::string> names() const override { return storage::names(layout_); }
  std::string manifest_bytes(const std::string& id) const override {
    return images_.manifest_bytes(id);
  }
  std::optional<std::string> find_tree(const std::string& layer) const override {
    std::string tree = layers_.root(layer);
    if (!sys::exists(tree)) return std::nullopt;
    return tree;
  }
  std::int64_t size_of(const std::string& layer) const override {
    return layers_.find(layer).value_or(Layer{}).size;
  }
  bool can_be_mounted(const Image& image) const override {
    return std::ranges::all_of(
        image.layers, [&](const std::string& layer) { return is_of_our_ids(layers_.root(layer)); });
  }

 private:
  Layout layout_;
  ImageStore images_;
  LayerStore layers_;
};

class PeerOther : public OtherStore {
 public:
  explicit PeerOther(PeerStore peer) : OtherStore(peer.root()), peer_(std::move(peer)) {}

  std::optional<Image> find(const std::string& id) const override {
    const PeerImage* const theirs = find_theirs(id);
    const auto config = theirs == nullptr ? std::nullopt : config_of(*theirs);
    if (!config) return std::nullopt;
    Image image;
    image.id = id;
    image.store = path();
    image.config = oci::ImageConfig::parse(*config);
    image.manifest_digest = theirs->digest;
    add_names(*theirs, image);
    for (const PeerLayer& layer : chain_of(layers(), *theirs)) {
      image.layers.push_back(layer.id);
      image.size += layer.size;
    }
    return image;
  }
  std::optional<std::string> find_id(const std::string& name) const override {
    for (const PeerImage& image : images()) {
      if (std::ranges::count(image.names, name) != 0) return image.id;
    }
    return std::nullopt;
  }
  std::vector<std::string> ids() const override {
    std::vector<std::string> ids;
    for (const PeerImage& image : images())
      ids.push_back(image.id);
    return ids;
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const PeerImage& image : images())
      names.insert(names.end(), image.names.begin(), image.names.end());
    return names;
  }
  std::string manifest_bytes(const std::string& id) const override {
    const PeerImage* const theirs = find_theirs(id);
    return theirs == nullptr ? "" : peer_.find_big(*theirs, "manifest").value_or("");
  }
  std::optional<std::string> find_tree(const std::string& layer) const override {
    if (!base::is_id_prefix(layer)) return std::nullopt;
    std::string tree = peer_.tree(layer);
    if (!sys::exists(tree)) return std::nullopt;
    return tree;
  }
  std::int64_t size_of(const std::string& layer) const override {
    const auto found = std::ranges::find(layers(), layer, &PeerLayer::id);
    return found == layers().end() ? 0 : found->size;
  }
  // What root has made marks its opaque directories by trusted.overlay, which our mounts do not
  // look at; fuse-overlayfs has marks of its own; and where the modes of the files are not those of
  // the image (force_mask), an attribute has them.
  bool can_be_mounted(const Image& image) const override {
    if (peer_.driver() != "overlay" || is_real_root()) return false;
    const auto has_program = sys::find_file(path() + "/overlay/.has-mount-program");
    if (has_program && !has_program->starts_with("false")) return false;
    return std::ranges::all_of(image.layers, [&](const std::string& layer) {
      const std::string tree = peer_.tree(layer);
      const bool is_forced =
          ::getxattr(tree.c_str(), "user.containers.override_stat", nullptr, 0) >= 0;
      return is_of_our_ids(tree) && !is_forced;
    });
  }

 private:
  // Inside of the user's namespace we are only called root: the map says whose ids these are.
  static bool is_real_root() {
    if (::geteuid() != 0) return false;
    std::istringstream map(sys::read_file("/proc/self/uid_map"));
    std::uint64_t inside = 0;
    std::uint64_t outside = 0;
    map >> inside >> outside;
    return inside == 0 && outside == 0;
  }

  static void add_names(const PeerImage& theirs, Image& image) {
    for (const std::string& name : theirs.names) {
      const std::size_t at = name.find('@');
      if (at != std::string::npos) image.repo_digests.push_back(name);
      if (at == std::string::npos) image.names.push_back(name);
    }
    constexpr std::string_view kManifest = "manifest-";
    for (const std::string& big : theirs.big_names) {
      if (!big.starts_with(kManifest)) continue;
      for (const std::string& name : image.names) {
        image.repo_digests.push_back(name.substr(0, name.rfind(':')) + "@" +
                                     big.substr(kManifest.size()));
      }
    }
  }

  std::optional<std::string> config_of(const PeerImage& image) const {
    return peer_.find_big(image, "sha256:" + image.id);
  }
  const PeerImage* find_theirs(const std::string& id) const {
    const auto found = std::ranges::find(images(), id, &PeerImage::id);
    return found == images().end() ? nullptr : &*found;
  }
  const std::vector<PeerImage>& images() const {
    if (!images_) images_ = peer_.images();
    return *images_;
  }
  const std::vector<PeerLayer>& layers() const {
    if (!layers_) layers_ = peer_.layers();
    return *layers_;
  }

  PeerStore peer_;
  mutable std::optional<std::vector<PeerImage>> images_;  // read at first use
  mutable std::optional<std::vector<PeerLayer>> layers_;
};

}  // namespace

std::unique_ptr<OtherStore> find_other_store(const std::string& path) {
  for (const std::string& root : {path, path + "/storage"}) {
    const auto layout = Layout::find(root);
    if (layout) return std::make_unique<OurOther>(path, *layout);
  }
  auto peer = PeerStore::find(path);
  if (!peer) return nullptr;
  return std::make_unique<PeerOther>(std::move(*peer));
}

std::vector<std::unique_ptr<OtherStore>> open_other_stores(const home::Home& home) {
  std::vector<std::unique_ptr<OtherStore>> stores;
  for (const std::string& path : additional_stores(home)) {
    try {
      auto store = find_other_store(path);
      if (store) stores.push_back(std::move(store));
    } catch (const base::Error& error) {
      base::log::warn("additional store {}: {}", path, error.what());
    }
  }
  return stores;
}

}  // namespace storage
