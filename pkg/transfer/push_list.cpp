#include "pkg/transfer/push_list.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/registry/configuration.hpp"
#include "pkg/registry/endpoints.hpp"
#include "pkg/transfer/lists.hpp"
#include "pkg/transfer/remote.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace transfer {
namespace {

using Entry = storage::List::Entry;

storage::Image image_of(const Store& store, const Entry& entry) {
  auto image = storage::ImageStore(store.layout).find(entry.image);
  if (!image) {
    throw base::Error(
        fmt::format("image {} of the list is not here any more", base::short_id(entry.image)));
  }
  return std::move(*image);
}

// With what is known of the image as it is there now; platform and annotations stay.
void update(Entry& entry, const oci::Descriptor& pushed) {
  entry.descriptor["mediaType"] = pushed.media_type;
  entry.descriptor["size"] = pushed.size;
  entry.descriptor["digest"] = pushed.digest.text();
}

bool is_docker(const storage::List& list, ManifestFormat format) {
  return format == ManifestFormat::AsItIs ? is_docker_list(list) : format == ManifestFormat::Docker;
}

// Repositories of the same registry, so that blobs can be mounted from there.
registry::Access with_neighbours(registry::Access access, const storage::List& list,
                                 const oci::Reference& destination) {
  std::set<std::string> repositories;
  for (const Entry& entry : list.entries) {
    if (entry.repository.empty()) continue;
    const oci::Reference from = oci::Reference::parse(entry.repository);
    if (from.registry() == destination.registry()) repositories.insert(from.repository());
  }
  repositories.erase(destination.repository());
  access.also_read.assign(repositories.begin(), repositories.end());
  return access;
}

}  // namespace

oci::Descriptor push_list(const ListPush& push, const storage::List& list, Report& report) {
  storage::List pushed = list;
  std::vector<storage::Image> images;
  for (const Entry& entry : list.entries) {
    if (!entry.image.empty()) images.push_back(image_of(push.store, entry));
  }
  PushOptions with = push.options;
  with.access = with_neighbours(push.options.access, list, push.destination);
  Pusher pusher(push.home, push.store, push.destination, with, report, images);
  RemoteCopy remote(push.home, push.options.access, pusher.client(), push.destination);
  for (Entry& entry : pushed.entries) {
    if (!push.all) break;
    if (entry.image.empty()) {
      report.begin(entry.repository + "@" + entry.digest());
      remote.copy(oci::Reference::parse(entry.repository), entry.digest());
      continue;
    }
    const storage::Image image = image_of(push.store, entry);
    report.begin(fmt::format("{} for {}", base::short_id(image.id), image.config.platform.text()));
    update(entry, pusher.push_image(image, ""));
    report.end();
  }
  const registry::Document index = index_document(pushed, is_docker(pushed, push.options.format));
  const oci::Reference& there = push.destination;
  report.begin(there.text());
  pusher.client().put_manifest(there.digest() ? there.digest()->text() : there.tag(), index);
  return {.media_type = index.media_type,
          .digest = oci::Digest::sha256(hash::sha256(index.bytes)),
          .size = static_cast<std::int64_t>(index.bytes.size()),
          .urls = {},
          .annotations = {},
          .platform = {}};
}

}  // namespace transfer
