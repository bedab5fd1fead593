#include "pkg/transfer/import_store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/registry/policy.hpp"
#include "pkg/registry/storage_conf.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/names.hpp"
#include "pkg/transfer/peer_image.hpp"
#include "pkg/transfer/store.hpp"
#include "pkg/transfer/trust.hpp"
#include "storage/peer_store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace transfer {
namespace {

storage::PeerStore open_peer(const home::Home& home, const std::string& from) {
  const std::string root = from == "podman" ? registry::StorageConf::read(home).graph_root : from;
  if (auto peer = storage::PeerStore::find(root)) return std::move(*peer);
  const bool is_guess = from == "podman" || sys::exists(root);
  throw base::Error(root + ": " +
                    (is_guess ? "no store of podman, buildah or CRI-O (drivers overlay and vfs) is "
                                "there; --from PATH says where else"
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

std::optional<storage::PeerImage> find_image(const home::Home& home,
                                             const std::vector<storage::PeerImage>& all,
                                             const std::string& text) {
  const auto names =
      text.find('@') == std::string::npos ? meanings(home, text) : std::vector<std::string>{text};
  for (const std::string& name : names) {
    const auto found = std::ranges::find_if(all, [&](const storage::PeerImage& image) {
      return std::ranges::count(image.names, name) != 0;
    });
    if (found != all.end()) return *found;
  }
  const std::string prefix = text.starts_with("sha256:") ? text.substr(7) : text;
  constexpr std::size_t kShortest = 3;
  if (prefix.size() < kShortest || !base::is_id_prefix(prefix)) return std::nullopt;
  const auto fits = [&](const storage::PeerImage& image) { return image.id.starts_with(prefix); };
  if (std::ranges::count_if(all, fits) > 1) {
    throw base::Error(text + ": several images have such an id");
  }
  const auto found = std::ranges::find_if(all, fits);
  if (found == all.end()) return std::nullopt;
  return *found;
}

struct Listed {
  std::vector<storage::PeerImage> images;
  std::vector<storage::PeerLayer> layers;
};

// Of one moment, since podman writes layers before images.
Listed list(const storage::PeerStore& peer) {
  const auto layers = peer.lock_layers();
  const auto images = peer.lock_images();
  return {.images = peer.images(), .layers = peer.layers()};
}

std::string shown_name(const storage::PeerImage& image) {
  return image.names.empty() ? base::short_id(image.id) : image.names.front();
}

void import_one(const Store& store, const storage::PeerStore& peer, const Listed& listed,
                const storage::PeerImage& image, const StoreImportReport& report) try {
  const PeerImport import = describe_peer_image(peer, image, listed.layers);
  const std::string id = take_over(store, peer, import);
  report.on_image({.id = id, .names = import.image.names});
} catch (base::Error& error) {
  if (error.status() > 128) throw;
  error.during(shown_name(image));
  report.on_failure(error.what());
}

}  // namespace

void import_store(const home::Home& home, const StoreImport& wanted,
                  const StoreImportReport& report) {
  require_trusted(registry::Policy::read(home, ""), "containers-storage");
  const storage::PeerStore peer = open_peer(home, wanted.from);
  const Store store = open_store(home);
  const Listed listed = list(peer);
  if (wanted.images.empty()) {
    for (const storage::PeerImage& image : listed.images)
      import_one(store, peer, listed, image, report);
  }
  for (const std::string& text : wanted.images) {
    const auto image = find_image(home, listed.images, text);
    if (image) {
      import_one(store, peer, listed, *image, report);
    } else {
      report.on_failure(fmt::format("{}: there is no such image in {}", text, peer.root()));
    }
  }
}

}  // namespace transfer
