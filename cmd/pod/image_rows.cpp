#include "cmd/pod/image_rows.hpp"

#include "cmd/pod/listing.hpp"
#include "pkg/base/size.hpp"
#include "pkg/base/text.hpp"
#include "pkg/base/time.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/images/catalog.hpp"

#include <map>
#include <set>

namespace pod {
namespace {

using base::Json;

// How many containers each image has.
std::map<std::string, std::int64_t> users(const home::Home& home) {
  std::map<std::string, std::int64_t> count;
  for (const containers::Container& container : containers::list(home)) {
    std::set<std::string> used = {container.image_id};
    for (const containers::VolumeMount& mount : container.options.mounts)
      if (mount.kind == containers::VolumeMount::Kind::Image) used.insert(mount.source);
    for (const std::string& image : used)
      ++count[image];
  }
  return count;
}

Json object_of(const storage::Image& image, std::int64_t containers) {
  Json labels;
  for (const auto& [key, value] : image.config.labels)
    labels[key] = value;
  Json json = Json::object({{"Id", image.id},
                            {"ParentId", ""},
                            {"RepoTags", image.names.empty() ? Json() : Json(image.names)},
                            {"RepoDigests", Json(images::repo_digests(image))},
                            {"Size", image.size},
                            {"SharedSize", 0},
                            {"VirtualSize", image.size},
                            {"Labels", labels},
                            {"Containers", containers},
                            {"Names", Json(image.names)},
                            {"Digest", image.manifest_digest},
                            {"History", Json(image.names)},
                            {"Arch", image.config.platform.architecture},
                            {"Os", image.is_list ? "" : image.config.platform.os},
                            {"IsManifestList", image.is_list},
                            {"Created", unix_seconds(image.config.created)},
                            {"CreatedAt", base::rfc3339_utc(whole_seconds(image.config.created))}});
  if (!image.store.empty()) json["ReadOnly"] = true;
  return json;
}

// "docker.io/library/alpine:3" -> its repository and its tag.
std::pair<std::string, std::string> take_apart(const std::string& name) {
  const std::size_t colon = name.rfind(':');
  if (colon == std::string::npos || name.find('/', colon) != std::string::npos) return {name, ""};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

}  // namespace

base::Json::Array image_objects(const home::Home& home, const std::vector<storage::Image>& images) {
  const std::map<std::string, std::int64_t> containers = users(home);
  Json::Array objects;
  for (const storage::Image& image : images) {
    const auto used = containers.find(image.id);
    objects.push_back(object_of(image, used == containers.end() ? 0 : used->second));
  }
  return objects;
}

base::Json::Array image_rows(const home::Home& home, const std::vector<storage::Image>& images,
                             bool whole) {
  const Json::Array objects = image_objects(home, images);
  Json::Array rows;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const storage::Image& image = images[i];
    std::vector<std::string> names = image.names;
    if (names.empty()) names.emplace_back("<none>:<none>");
    for (const std::string& name : names) {
      const auto [repository, tag] = take_apart(name);
      Json row = objects[i];
      row["ID()"] = whole ? "sha256:" + image.id : short_unless(false, image.id);
      row["Repository()"] = repository;
      row["Tag()"] = tag;
      row["Size()"] = base::human_size(image.size);
      row["Created()"] = ago(image.config.created);
      row["CreatedSince()"] = ago(image.config.created);
      row["CreatedTime()"] = base::go_utc(whole_seconds(image.config.created));
      row["CreatedAt()"] = row["CreatedTime()"];
      row["ReadOnly()"] = !image.store.empty();
      row["Dangling()"] = image.names.empty();
      row["History()"] = base::join(image.names, ", ");
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

void keep_used(const home::Home& home, std::vector<storage::Image>& images, bool is_used) {
  const std::map<std::string, std::int64_t> containers = users(home);
  std::erase_if(images, [&](const storage::Image& image) {
    return containers.contains(image.id) != is_used;
  });
}

}  // namespace pod
