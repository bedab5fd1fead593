#include "pkg/containers/user_namespace.hpp"

#include "pkg/base/error.hpp"
#include "pkg/containers/container.hpp"

#include <fmt/core.h>

namespace containers {
namespace {

constexpr std::string_view kContainer = "container:";

// What those have who got ids that nobody else has.
std::vector<userns::Ids> taken_ids(const home::Home& home) {
  std::vector<userns::Ids> taken;
  for (const Container& container : list(home)) {
    const std::string& mode = container.options.userns;
    if (mode == "auto" || mode.starts_with("auto:")) taken.push_back(ids_of(container.options));
  }
  return taken;
}

userns::Ids ids_by_mode(const home::Home& home, const std::string& mode) try {
  const userns::Wish wish = userns::Wish::parse(mode);
  if (wish.kind != userns::Wish::Kind::Auto) return userns::ids_for(wish, home);
  return userns::ids_for(wish, home, taken_ids(home));
} catch (base::Error& error) {
  error.during("--userns=" + mode);
  throw;
}

userns::Ids ids_by_maps(const home::Home& home, const Options& options) try {
  return userns::ids_for(options.uid_map, options.gid_map, home);
} catch (base::Error& error) {
  error.during(options.uid_map.empty() ? "--gidmap" : "--uidmap");
  throw;
}

// The container whose user namespace is joined, be it for the sake of another namespace; "" for
// none.
std::string joined_container(const Options& options) {
  for (const std::string& mode : {options.userns, options.network.mode, options.ipc_mode,
                                  options.uts_mode, options.pid_mode}) {
    if (mode.starts_with(kContainer)) return mode.substr(kContainer.size());
  }
  return "";
}

userns::Ids joined_ids(const home::Home& home, const Options& options, const std::string& id) {
  const Container other = get(home, id);
  const bool is_own_wish = !options.userns.empty() && !options.userns.starts_with(kContainer);
  const userns::Ids ids = ids_of(other.options);
  if (is_own_wish && ids_by_mode(home, options.userns) != ids) {
    throw base::Error(
        fmt::format("--userns={}: its ids are those of the container {}, whose "
                    "namespaces it joins",
                    options.userns, other.name));
  }
  return ids;
}

userns::Ids pod_ids(const home::Home& home, Options& options) {
  const Sandbox sandbox = load_sandbox(home, options.pod);
  const bool is_hosts = options.userns == "host" && sandbox.userns.empty();
  if (!options.userns.empty() && options.userns != sandbox.userns && !is_hosts) {
    throw base::Error(fmt::format("--userns={}: belongs to the pod", options.userns));
  }
  options.userns = sandbox.userns;
  return sandbox.ids;
}

}  // namespace

bool keeps_id(const std::string& mode) {
  return mode == "keep-id" || mode.starts_with("keep-id:");
}

userns::Ids ids_of(const Options& options) {
  return {userns::parse_extent_texts(options.uid_map), userns::parse_extent_texts(options.gid_map)};
}

userns::Ids ids_for_pod(const home::Home& home, const std::string& mode) {
  return ids_by_mode(home, mode);
}

void assign_ids(const home::Home& home, Options& options) {
  const std::string joined = joined_container(options);
  const bool has_maps = !options.uid_map.empty() || !options.gid_map.empty();
  userns::Ids ids;
  if (!options.pod.empty()) {
    ids = pod_ids(home, options);
  } else if (!joined.empty()) {
    ids = joined_ids(home, options, joined);
  } else if (has_maps && options.userns.empty()) {
    ids = ids_by_maps(home, options);
  } else {
    ids = ids_by_mode(home, options.userns);
  }
  options.uid_map = userns::extent_texts(ids.uids);
  options.gid_map = userns::extent_texts(ids.gids);
  if (!options.user.empty() || !keeps_id(options.userns)) return;
  options.user = fmt::format("{}:{}", userns::inside_of(ids.uids, 0).value_or(0),
                             userns::inside_of(ids.gids, 0).value_or(0));
}

}  // namespace containers
