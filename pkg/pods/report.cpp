#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/filter.hpp"
#include "pkg/containers/table.hpp"
#include "pkg/pods/pod.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>

namespace pods {
namespace {

using base::Json;

bool any_member(const home::Home& home, const Pod& pod,
                bool (*fits)(const home::Home&, const containers::Container&, const std::string&),
                const std::string& value) {
  const auto all = members(home, pod);
  return std::any_of(all.begin(), all.end(), [&](const containers::Container& container) {
    return fits(home, container, value);
  });
}

bool by_id(const home::Home&, const Pod& pod, const std::string& value) {
  return pod.id.starts_with(value);
}

bool by_name(const home::Home&, const Pod& pod, const std::string& value) {
  return containers::matches_expression(pod.name, value);
}

bool by_label(const home::Home&, const Pod& pod, const std::string& value) {
  const auto [key, text] = base::split_once(value, '=');
  const auto found = pod.options.labels.find(key);
  return found != pod.options.labels.end() && (!text || found->second == *text);
}

bool by_status(const home::Home& home, const Pod& pod, const std::string& value) {
  return base::lower(status_of(home, pod)) == base::lower(value);
}

bool by_until(const home::Home&, const Pod& pod, const std::string& value) {
  return pod.created < base::parse_moment(value);
}

bool by_member_id(const home::Home& home, const Pod& pod, const std::string& value) {
  return any_member(
      home, pod,
      [](const home::Home&, const containers::Container& container, const std::string& id) {
        return container.id.starts_with(id);
      },
      value);
}

bool by_member_name(const home::Home& home, const Pod& pod, const std::string& value) {
  return any_member(
      home, pod,
      [](const home::Home&, const containers::Container& container, const std::string& name) {
        return containers::matches_expression(container.name, name);
      },
      value);
}

bool by_member_status(const home::Home& home, const Pod& pod, const std::string& value) {
  return any_member(
      home, pod,
      [](const home::Home& where, const containers::Container& container,
         const std::string& status) {
        return containers::status_word(containers::state_of(where, container).status) == status;
      },
      value);
}

bool by_member_number(const home::Home& home, const Pod& pod, const std::string& value) {
  return std::to_string(members(home, pod).size()) == value;
}

bool by_network(const home::Home&, const Pod& pod, const std::string& value) {
  const std::string& mode = pod.options.network.mode;
  return value == (mode.empty() ? "pasta" : mode);
}

void check_word(const std::string& key, const std::string& value,
                const std::vector<std::string>& known) {
  const std::string word = base::lower(value);
  if (std::find(known.begin(), known.end(), word) != known.end()) return;
  throw base::Error(
      fmt::format("filter {}={}: {} is not one of {}", key, value, value, base::join(known, ", ")));
}

void check_value(const std::string& key, const std::string& value) {
  if (key == "status") {
    check_word(key, value,
               {"created", "running", "degraded", "paused", "stopped", "exited", "error"});
  } else if (key == "ctr-status") {
    check_word(key, value,
               {"created", "initialized", "running", "stopping", "stopped", "paused", "exited",
                "removing", "unknown"});
  }
}

struct Filter {
  std::string_view key;
  bool (*fits)(const home::Home&, const Pod&, const std::string&);
};

constexpr std::array<Filter, 10> kFilters = {{{"id", by_id},
                                              {"name", by_name},
                                              {"label", by_label},
                                              {"status", by_status},
                                              {"until", by_until},
                                              {"ctr-ids", by_member_id},
                                              {"ctr-names", by_member_name},
                                              {"ctr-status", by_member_status},
                                              {"ctr-number", by_member_number},
                                              {"network", by_network}}};

Json members_json(const home::Home& home, const Pod& pod) {
  Json json = Json::array();
  for (const containers::Container& container : members(home, pod)) {
    const containers::State state = containers::state_of(home, container);
    json.push_back(Json::object({{"Id", container.id},
                                 {"Name", container.name},
                                 {"State", containers::status_word(state.status)}}));
  }
  return json;
}

Json ports_json(const network::Config& network) {
  Json json = Json::object();
  for (const network::PortMapping& port : network.ports) {
    for (unsigned i = 0; i < port.range; ++i) {
      json[fmt::format("{}/{}", port.container_port + i, port.protocol)].push_back(Json::object(
          {{"HostIp", port.host_ip}, {"HostPort", std::to_string(port.host_port + i)}}));
    }
  }
  return json;
}

// "/user.slice/...": above those of its containers; "" while none that has one runs.
std::string cgroup_of(const home::Home& home, const Pod& pod) {
  constexpr std::string_view kRoot = "/sys/fs/cgroup";
  for (const containers::Container& container : members(home, pod)) {
    const std::string path = containers::state_of(home, container).cgroup;
    if (path.starts_with(kRoot)) {
      return path.substr(kRoot.size(), path.rfind('/') - kRoot.size());
    }
  }
  return "";
}

// Shown only when it was asked for, as the peers do, but templates know it always.
void add_limits(Json& json, const oci::Resources& resources) {
  const auto number = [](const auto& value) {
    return static_cast<std::int64_t>(value.value_or(0));
  };
  json["MemoryLimit()"] = number(resources.memory_limit);
  json["MemorySwap()"] = number(resources.memory_swap);
  json["CPUQuota()"] = number(resources.cpu_quota);
  json["CPUPeriod()"] = number(resources.cpu_period);
  json["CPUShares()"] = number(resources.cpu_shares);
  json["CPUSetCPUs()"] = resources.cpuset_cpus;
  json["CPUSetMems()"] = resources.cpuset_mems;
  if (resources.memory_limit) json["memory_limit"] = *resources.memory_limit;
  if (resources.memory_swap) json["memory_swap"] = *resources.memory_swap;
  if (resources.cpu_quota) json["cpu_quota"] = *resources.cpu_quota;
  if (resources.cpu_period) json["cpu_period"] = static_cast<std::int64_t>(*resources.cpu_period);
  if (resources.cpu_shares) json["cpu_shares"] = static_cast<std::int64_t>(*resources.cpu_shares);
  if (!resources.cpuset_cpus.empty()) json["cpuset_cpus"] = resources.cpuset_cpus;
}

}  // namespace

std::vector<Pod> select(const home::Home& home, const std::vector<std::string>& filters) {
  std::map<std::string, std::vector<std::string>> wanted;
  for (const std::string& text : filters) {
    const auto [key, value] = base::split_once(text, '=');
    if (!value) throw base::Error("filter " + text + ": not of the form KEY=VALUE");
    containers::filter_of(kFilters, key);
    check_value(key, *value);
    wanted[key].push_back(*value);
  }
  const auto fits = [&](const Pod& pod) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& entry) {
      const std::string& key = entry.first;
      const std::vector<std::string>& values = entry.second;
      const auto fits_one = [&](const std::string& value) {
        return containers::filter_of(kFilters, key).fits(home, pod, value);
      };
      return key == "label" ? std::all_of(values.begin(), values.end(), fits_one)
                            : std::any_of(values.begin(), values.end(), fits_one);
    });
  };
  std::vector<Pod> pods = list(home);
  std::erase_if(pods, [&](const Pod& pod) { return !fits(pod); });
  return pods;
}

namespace {

// What its containers have of it.
void add_inherited(Json& json, const std::optional<containers::Options>& inherited) {
  const containers::Options none;
  const containers::Options& members = inherited ? *inherited : none;
  Json mounts = Json::array();
  for (const containers::VolumeMount& mount : members.mounts) {
    const bool is_volume = mount.kind == containers::VolumeMount::Kind::Volume;
    mounts.push_back(Json::object({{"Type", is_volume ? "volume" : "bind"},
                                   {is_volume ? "Name" : "Name()", is_volume ? mount.source : ""},
                                   {"Source", mount.source},
                                   {"Destination", mount.target},
                                   {"RW", !mount.read_only}}));
  }
  Json devices = Json::array();
  for (const oci::Device& device : members.devices) {
    devices.push_back(Json::object({{"PathOnHost", device.source},
                                    {"PathInContainer", device.path},
                                    {"CgroupPermissions", device.access}}));
  }
  Json security = Json::array();
  if (members.no_new_privileges) security.push_back("no-new-privileges");
  if (!members.seccomp.empty()) security.push_back("seccomp=" + members.seccomp);
  const auto add = [&](const std::string& shown, const std::string& known, const Json& value) {
    if (!value.as_array().empty()) json[shown] = value;
    json[known + "()"] = value;
  };
  add("mounts", "Mounts", mounts);
  add("devices", "Devices", devices);
  add("security_opt", "SecurityOpts", security);
  add("volumes_from", "VolumesFrom", Json::array());
  json["RestartPolicy"] = members.restart.text();
}

// What templates ask a pod's infra container for, which ours does not have.
void add_infra(Json& json, const Options& options) {
  const auto mode = [&](const std::string& text) { return text.empty() ? "private" : text; };
  const containers::Options none;
  const containers::Options& members = options.inherited ? *options.inherited : none;
  json["Networks()"] = Json::array();
  json["NetworkOptions()"] = Json::object();
  json["StaticIP()"] = nullptr;
  json["StaticMAC()"] = "";
  json["NoManageHosts()"] = options.network.no_hosts;
  json["NoManageResolvConf()"] = false;
  json["DNSSearch()"] = options.network.dns_searches;
  json["DNSOption()"] = options.network.dns_options;
  json["PidNS()"] = mode(members.pid_mode);
  json["UtsNS()"] = mode(members.uts_mode);
}

}  // namespace

Json inspect(const home::Home& home, const Pod& pod) {
  const Options& options = pod.options;
  const std::string hostname = options.hostname.empty() ? pod.name : options.hostname;
  const std::string mode = options.network.mode.empty() ? "pasta" : options.network.mode;
  Json json =
      Json::object({{"Id", pod.id},
                    {"Name", pod.name},
                    {"Namespace", ""},
                    {"Created", base::rfc3339(pod.created)},
                    {"CreateCommand", options.create_command},
                    {"ExitPolicy", options.exit_policy},
                    {"State", status_of(home, pod)},
                    {"Hostname", hostname},
                    {"Labels", containers::table(options.labels)},
                    {"CreateCgroup", true},
                    {"CgroupParent", options.cgroup_parent},
                    {"CgroupPath", cgroup_of(home, pod)},
                    {"CreateInfra", false},
                    {"InfraContainerID", ""},
                    {"InfraConfig", Json::object({{"PortBindings", ports_json(options.network)},
                                                  {"HostNetwork", mode == "host"},
                                                  {"NetworkMode", mode},
                                                  {"HostAdd", options.network.hosts},
                                                  {"DNSServer", options.network.dns_servers}})},
                    {"SharedNamespaces", options.share},
                    {"NumContainers", static_cast<std::int64_t>(members(home, pod).size())},
                    {"Containers", members_json(home, pod)}});
  add_limits(json, options.resources);
  add_inherited(json, options.inherited);
  add_infra(json["InfraConfig"], options);
  return json;
}

}  // namespace pods
