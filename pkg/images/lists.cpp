#include "pkg/images/lists.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/oci/manifest.hpp"

#include <algorithm>

namespace images {
namespace {

const storage::List::Entry* choose(const storage::List& list, const oci::Platform& platform) try {
  oci::Index index;
  for (const storage::List::Entry& entry : list.entries)
    index.manifests.push_back(oci::Descriptor::parse(entry.descriptor));
  const std::string digest = index.choose(platform).digest.text();
  const auto found = std::ranges::find(list.entries, digest, &storage::List::Entry::digest);
  return found == list.entries.end() ? nullptr : &*found;
} catch (const base::Error& error) {
  base::log::info("list {}: {}", list.id, error.what());
  return nullptr;
}

}  // namespace

std::optional<storage::Image> find_instance(const storage::Layout& layout,
                                            const storage::List& list,
                                            const oci::Platform& platform) {
  const storage::List::Entry* entry = choose(list, platform);
  if (entry == nullptr) return std::nullopt;
  const storage::ImageStore store(layout);
  if (!entry->image.empty()) return store.find(entry->image);
  const std::string suffix = "@" + entry->digest();
  for (storage::Image& image : store.list()) {
    const bool has_it = std::ranges::any_of(
        image.repo_digests, [&](const std::string& known) { return known.ends_with(suffix); });
    if (has_it) return std::move(image);
  }
  return std::nullopt;
}

storage::Image as_image(const storage::List& list) {
  storage::Image image;
  image.id = list.id;
  image.manifest_digest = list.digest;
  image.size = list.size;
  image.config.created = list.created;
  image.names = list.names;
  image.is_list = true;
  return image;
}

std::set<std::string> instances_of(const std::vector<storage::List>& lists) {
  std::set<std::string> ids;
  for (const storage::List& list : lists) {
    for (const storage::List::Entry& entry : list.entries) {
      if (!entry.image.empty()) ids.insert(entry.image);
    }
  }
  return ids;
}

}  // namespace images
