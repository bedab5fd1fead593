#include "pkg/containers/sandbox.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/containers/table.hpp"
#include "pkg/containers/user_namespace.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/namespaces.hpp"

#include <algorithm>

namespace containers {
namespace {

bool is_private(const std::string& mode) {
  return mode.empty() || mode == "private";
}

std::string hostname_of(const Container& container) {
  const Options& options = container.options;
  if (!options.hostname.empty()) return options.hostname;
  const bool is_hosts = options.uts_mode == "host" || options.network.mode == "host";
  return is_hosts ? sys::hostname() : base::short_id(container.id);
}

Sandbox standalone(const home::Home& home, const Container& container) {
  const Options& options = container.options;
  Sandbox sandbox;
  sandbox.id = container.id;
  sandbox.directory = container.directory(home);
  sandbox.runtime_directory = container.runtime_directory(home);
  sandbox.hostname = hostname_of(container);
  sandbox.aliases = {container.name};
  sandbox.network = options.network;
  sandbox.share_net = network::needs_namespace(options.network);
  sandbox.share_ipc = is_private(options.ipc_mode) || options.ipc_mode == "shareable";
  sandbox.share_uts = is_private(options.uts_mode);
  sandbox.sysctl = options.sysctl;
  sandbox.shm_size = options.shm_size;
  sandbox.ids = ids_of(options);
  sandbox.cgroup_parent = options.cgroup_parent;
  sandbox.splits_cgroup = options.splits_cgroup;
  for (const std::string& mode : {options.userns, options.network.mode, options.ipc_mode,
                                  options.uts_mode, options.pid_mode}) {
    if (mode.starts_with("container:")) sandbox.namespaces_of = mode.substr(10);
  }
  return sandbox;
}

}  // namespace

Sandbox sandbox_of(const home::Home& home, const Container& container) {
  return container.pod.empty() ? standalone(home, container) : load_sandbox(home, container.pod);
}

Sandbox load_sandbox(const home::Home& home, const std::string& pod_id) {
  Sandbox sandbox;
  sandbox.id = pod_id;
  sandbox.is_pod = true;
  sandbox.directory = home.pods() + "/" + pod_id;
  sandbox.runtime_directory = home.running_pods() + "/" + pod_id;
  const auto json = base::Json::parse(sys::read_file(sandbox.directory + "/sandbox.json"));
  sandbox.hostname = json.string_or("hostname", "");
  sandbox.aliases = json.strings_or_none("aliases");
  sandbox.network = network::Config::parse(json.at("network"));
  sandbox.share_net = json.bool_or("share_net", true);
  sandbox.share_ipc = json.bool_or("share_ipc", true);
  sandbox.share_uts = json.bool_or("share_uts", true);
  sandbox.share_pid = json.bool_or("share_pid", false);
  sandbox.userns = json.string_or("userns", "");
  sandbox.cgroup_parent = json.string_or("cgroup_parent", "");
  sandbox.ids = {userns::parse_extent_texts(json.strings_or_none("uid_map")),
                 userns::parse_extent_texts(json.strings_or_none("gid_map"))};
  for (const auto& [key, value] : json.object_or_none("sysctl")) {
    sandbox.sysctl[key] = value.as_string();
  }
  for (const base::Json& volume : json.array_or_none("volumes")) {
    sandbox.volumes.push_back({volume.at("name").as_string(), volume.bool_or("memory", false),
                               volume.integer_or("size_limit", 0)});
  }
  sandbox.shm_size = json.integer_or("shm_size", 0);
  if (const base::Json* resources = json.find("resources")) {
    sandbox.resources = oci::Resources::parse(*resources);
  }
  return sandbox;
}

void save_sandbox(const std::string& pod_directory, const Sandbox& sandbox) {
  base::Json json = base::Json::object({{"hostname", sandbox.hostname},
                                        {"aliases", sandbox.aliases},
                                        {"network", sandbox.network.json()},
                                        {"share_net", sandbox.share_net},
                                        {"share_ipc", sandbox.share_ipc},
                                        {"share_uts", sandbox.share_uts},
                                        {"share_pid", sandbox.share_pid},
                                        {"sysctl", table(sandbox.sysctl)},
                                        {"volumes", base::Json::array()},
                                        {"shm_size", sandbox.shm_size},
                                        {"userns", sandbox.userns},
                                        {"cgroup_parent", sandbox.cgroup_parent},
                                        {"uid_map", userns::extent_texts(sandbox.ids.uids)},
                                        {"gid_map", userns::extent_texts(sandbox.ids.gids)}});
  for (const PodVolume& volume : sandbox.volumes) {
    json["volumes"].push_back(base::Json::object(
        {{"name", volume.name}, {"memory", volume.memory}, {"size_limit", volume.size_limit}}));
  }
  if (!sandbox.resources.empty()) json["resources"] = sandbox.resources.json();
  sys::create_file(pod_directory + "/sandbox.json", json.dump(2), 0600);
}

std::vector<Container> members(const home::Home& home, const std::string& pod_id) {
  std::vector<Container> containers = list(home);
  std::erase_if(containers, [&](const Container& container) { return container.pod != pod_id; });
  return containers;
}

}  // namespace containers
