#pragma once

#include "pkg/base/json.hpp"
#include "pkg/containers/container.hpp"
#include "storage/volume_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Volumes as users see them: which there are, who mounts them.
namespace containers {

// Those that fit all filters: name, driver, scope, label, label!, opt, until, dangling, anonymous,
// since, after. Throws base::Error for unknown filters.
std::vector<storage::Volume> select_volumes(const home::Home& home,
                                            const std::vector<std::string>& filters);

// Makes it. Whoever it is given to has to be somebody in our user namespace.
void create_volume(const home::Home& home, const storage::Volume& volume);

// podman's `volume inspect`, an object a volume.
base::Json::Array inspect_volumes(const home::Home& home,
                                  const std::vector<storage::Volume>& volumes);

// The containers that mount it.
std::vector<Container> users_of_volume(const home::Home& home, const std::string& name);

// Throws base::Error with status 2 when containers mount it; with `force` they are removed first.
struct VolumeRemoval {
  bool force = false;
  std::optional<std::int64_t> timeout;  // seconds until its containers are killed
};
void remove_volume(const home::Home& home, const std::string& name, const VolumeRemoval& how);
// Into the trash, unless a container mounts it since just now: then false.
bool throw_away_volume(const home::Home& home, const std::string& name);

}  // namespace containers
