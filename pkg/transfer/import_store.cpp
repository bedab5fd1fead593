#include "pkg/transfer/import_store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/registry/policy.hpp"
#include "pkg/registry/storage_conf.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/names.hpp"
#include "pkg/transfer/other_image.hpp"
#include "pkg/transfer/peer_image.hpp"
#include "pkg/transfer/store.hpp"
#include "pkg/transfer/trust.hpp"
#include "storage/peer_store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <optional>

namespace transfer {
namespace {

// A store that is only read, and what is in it.
struct Source {
  struct Entry {
    std::string id;
    std::vector<std::string> names;
  };
  std::string root;
  std::vector<Entry> images;
  std::function<OtherImage(const std::string& id)> describe;
};

// Of one moment, since podman writes layers before images.
Source source_of(const storage::PeerStore& peer) {
  const auto layers_lock = peer.lock_layers();
  const auto images_lock = peer.lock_images();
  const std::vector<storage::PeerImage> images = peer.images();
  Source source{.root = peer.root(), .images = {}, .describe = {}};
  for (const storage::PeerImage& image : images)
    source.images.push_back({image.id, image.names});
  source.describe = [peer, images, layers = peer.layers()](const std::string& id) {
    return describe_peer_image(peer, *std::ranges::find(images, id, &storage::PeerImage::id),
                               layers);
  };
  return source;
}

Source source_of(const std::string& root, const storage::Layout& layout) {
  Source source{.root = root, .images = {}, .describe = {}};
  for (storage::Image& image : storage::ImageStore(layout).list())
    source.images.push_back({image.id, std::move(image.names)});
  source.describe = [layout](const std::string& id) { return describe_ours(layout, id); };
  return source;
}

Source open_source(const home::Home& home, const std::string& from) {
  const std::string root = from == "podman" ? registry::StorageConf::read(home).graph_root : from;
  for (const std::string& place : {root, root + "/storage"}) {
    const auto layout = storage::Layout::find(place);
    if (layout && layout->root() == storage::Layout(home).root()) {
      throw base::Error(root + ": this is the store that images would be copied to");
    }
    if (layout) return source_of(root, *layout);
  }
  if (const auto peer = storage::PeerStore::find(root)) return source_of(*peer);
  const bool is_guess = from == "podman" || sys::exists(root);
  throw base::Error(root + ": " +
                    (is_guess ? "no store of podman, buildah or CRI-O (drivers overlay and vfs), "
                                "nor one of pod, is there; --from PATH says where else"
                              : "no such folder"));
}

// What a text may mean: the names it may be short for, best first.
std::vector<std::string> meanings(const home::Home& home, const std::string& text) try {
  std::vector<std::string> names = {images::local_name(text)};
  for (const oci::Reference& each : complete(home, read_configuration(home), text))
    names.push_back(each.text());
  names.push_back(oci::Reference::parse(text).text());
  return names;
} catch (const base::Error&) {
  return {};  // no name: an id
}

std::optional<Source::Entry> find_image(const home::Home& home,
                                        const std::vector<Source::Entry>& all,
                                        const std::string& text) {
  const auto names =
      text.find('@') == std::string::npos ? meanings(home, text) : std::vector<std::string>{text};
  for (const std::string& name : names) {
    const auto found = std::ranges::find_if(all, [&](const Source::Entry& image) {
      return std::ranges::count(image.names, name) != 0;
    });
    if (found != all.end()) return *found;
  }
  const std::string prefix = text.starts_with("sha256:") ? text.substr(7) : text;
  constexpr std::size_t kShortest = 3;
  if (prefix.size() < kShortest || !base::is_id_prefix(prefix)) return std::nullopt;
  const auto fits = [&](const Source::Entry& image) { return image.id.starts_with(prefix); };
  if (std::ranges::count_if(all, fits) > 1) {
    throw base::Error(text + ": several images have such an id");
  }
  const auto found = std::ranges::find_if(all, fits);
  if (found == all.end()) return std::nullopt;
  return *found;
}

std::string shown_name(const Source::Entry& image) {
  return image.names.empty() ? base::short_id(image.id) : image.names.front();
}

void import_one(const Store& store, const Source& source, const Source::Entry& image,
                const StoreImportReport& report) try {
  const OtherImage other = source.describe(image.id);
  const std::string id = take_over(store, other);
  report.on_image({.id = id, .names = other.image.names});
} catch (base::Error& error) {
  if (error.status() > 128) throw;
  error.during(shown_name(image));
  report.on_failure(error.what());
}

}  // namespace

void import_store(const home::Home& home, const StoreImport& wanted,
                  const StoreImportReport& report) {
  require_trusted(registry::Policy::read(home, ""), "containers-storage");
  const Store store = open_store(home);
  const Source source = open_source(home, wanted.from);
  if (wanted.images.empty()) {
    for (const Source::Entry& image : source.images)
      import_one(store, source, image, report);
  }
  for (const std::string& text : wanted.images) {
    const auto image = find_image(home, source.images, text);
    if (image) {
      import_one(store, source, *image, report);
    } else {
      report.on_failure(fmt::format("{}: there is no such image in {}", text, source.root));
    }
  }
}

storage::Image owned(const home::Home& home, const Store& store, const storage::Image& image) {
  if (image.store.empty()) return image;
  take_over(store, open_source(home, image.store).describe(image.id));
  return storage::ImageStore(store.layout).find(image.id, true).value();
}

}  // namespace transfer
