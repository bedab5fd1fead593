#include "pkg/base/size.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/inspect_parts.hpp"

#include <fmt/core.h>

namespace containers {

using base::Json;

namespace {

Json binds(const Options& options) {
  Json json = Json::array();
  for (const VolumeMount& mount : options.mounts) {
    if (mount.kind != VolumeMount::Kind::Bind && mount.kind != VolumeMount::Kind::Volume) continue;
    json.push_back(mount.source + ":" + mount.target + (mount.read_only ? ":ro" : ":rw"));
  }
  return json;
}

Json rlimits(const Options& options) {
  Json json = Json::array();
  for (const oci::Rlimit& limit : options.rlimits) {
    json.push_back(
        Json::object({{"Name", limit.type}, {"Soft", limit.soft}, {"Hard", limit.hard}}));
  }
  return json;
}

std::string mode_or(const std::string& mode, const char* otherwise) {
  return mode.empty() ? otherwise : mode;
}

// The name that udev gives to it by its number.
template <typename Device>
std::string device_path(const Device& device) {
  return fmt::format("/dev/block/{}:{}", device.major, device.minor);
}

void add_limits(Json& json, const oci::Resources& resources) {
  const std::int64_t quota = resources.cpu_quota.value_or(0);
  const auto period = static_cast<std::int64_t>(resources.cpu_period.value_or(0));
  json["Memory"] = resources.memory_limit.value_or(0);
  json["MemoryReservation"] = resources.memory_reservation.value_or(0);
  json["MemorySwap"] = resources.memory_swap.value_or(2 * resources.memory_limit.value_or(0));
  json["NanoCpus"] = period > 0 && quota > 0 ? quota * 1'000'000'000 / period : 0;
  json["CpuShares"] = static_cast<std::int64_t>(resources.cpu_shares.value_or(0));
  json["CpuPeriod"] = period;
  json["CpuQuota"] = quota;
  json["CpusetCpus"] = resources.cpuset_cpus;
  json["CpusetMems"] = resources.cpuset_mems;
  json["PidsLimit"] = resources.pids_limit.value_or(0);
  json["BlkioWeight"] = static_cast<std::int64_t>(resources.io_weight.value_or(0));
  for (const oci::DeviceWeight& device : resources.io_device_weights) {
    json["BlkioWeightDevice"].push_back(Json::object(
        {{"Path", device_path(device)}, {"Weight", static_cast<std::int64_t>(device.weight)}}));
  }
  const std::map<std::string, const char*> names = {{"rbps", "BlkioDeviceReadBps"},
                                                    {"wbps", "BlkioDeviceWriteBps"},
                                                    {"riops", "BlkioDeviceReadIOps"},
                                                    {"wiops", "BlkioDeviceWriteIOps"}};
  for (const oci::DeviceRate& device : resources.io_rates) {
    json[names.at(device.what)].push_back(Json::object(
        {{"Path", device_path(device)}, {"Rate", static_cast<std::int64_t>(device.rate)}}));
  }
}

// {"/tmp": "size=64m,rw"}
Json tmpfs_json(const Options& options) {
  Json json = Json::object();
  for (const VolumeMount& mount : options.mounts) {
    if (mount.kind == VolumeMount::Kind::Tmpfs) json[mount.target] = base::join(mount.options, ",");
  }
  return json;
}

Json devices_json(const Options& options) {
  Json json = Json::array();
  for (const oci::Device& device : options.devices) {
    json.push_back(Json::object({{"PathOnHost", device.source},
                                 {"PathInContainer", device.path},
                                 {"CgroupPermissions", device.access}}));
  }
  return json;
}

// What the peers show besides, with the value that it has where there is no such thing.
void add_absent(Json& json) {
  const std::initializer_list<std::pair<const char*, Json>> absent = {
      {"VolumeDriver", ""},
      {"Annotations", Json::object()},
      {"Cgroup", ""},
      {"Links", nullptr},
      {"OomScoreAdj", 0},
      {"ConsoleSize", Json(Json::Array{0, 0})},
      {"Isolation", ""},
      {"CgroupParent", ""},
      {"BlkioWeight", 0},
      {"BlkioWeightDevice", nullptr},
      {"BlkioDeviceReadBps", nullptr},
      {"BlkioDeviceWriteBps", nullptr},
      {"BlkioDeviceReadIOps", nullptr},
      {"BlkioDeviceWriteIOps", nullptr},
      {"CpuRealtimePeriod", 0},
      {"CpuRealtimeRuntime", 0},
      {"DiskQuota", 0},
      {"KernelMemory", 0},
      {"MemorySwappiness", 0},
      {"OomKillDisable", false},
      {"CpuCount", 0},
      {"CpuPercent", 0},
      {"IOMaximumIOps", 0},
      {"IOMaximumBandwidth", 0},
      {"CgroupConf", nullptr}};
  for (const auto& [key, value] : absent) {
    if (json.find(key) == nullptr) json[key] = value;
  }
}

Json log_json(const home::Home& home, const Container& container) {
  const std::int64_t most = container.options.log_size_max;
  return Json::object({{"Type", container.options.log_driver},
                       {"Config", nullptr},
                       {"Path", container.log_path(home)},
                       {"Tag", ""},
                       {"Size", most > 0 ? base::human_size(most) : "0B"}});
}

}  // namespace

Json host_config_json(const home::Home& home, const Container& container, const Sandbox& sandbox) {
  const Options& options = container.options;
  const bool is_remapped = !options.uid_map.empty();
  Json security = Json::array();
  if (options.no_new_privileges) security.push_back("no-new-privileges");
  if (!options.seccomp.empty()) security.push_back("seccomp=" + options.seccomp);
  Json json = Json::object(
      {{"Binds", binds(options)},
       {"CgroupManager", "cgroupfs"},
       {"CgroupMode", mode_or(options.cgroup_mode, "private")},
       {"ContainerIDFile", options.cid_file},
       {"LogConfig", log_json(home, container)},
       {"NetworkMode",
        sandbox.is_pod ? "pod:" + sandbox.id : mode_or(options.network.mode, "pasta")},
       {"PortBindings", ports_json({}, sandbox.network)},
       {"RestartPolicy", Json::object({{"Name", base::split(options.restart.text(), ':').front()},
                                       {"MaximumRetryCount", options.restart.most}})},
       {"AutoRemove", options.remove},
       {"VolumesFrom", texts(options.volumes_from)},
       {"CapAdd", texts(options.cap_add)},
       {"CapDrop", texts(options.cap_drop)},
       {"Dns", texts(sandbox.network.dns_servers)},
       {"DnsOptions", texts(sandbox.network.dns_options)},
       {"DnsSearch", texts(sandbox.network.dns_searches)},
       {"ExtraHosts", texts(sandbox.network.hosts)},
       {"GroupAdd", texts(options.groups)},
       {"IpcMode", mode_or(options.ipc_mode, sandbox.is_pod ? "pod" : "shareable")},
       {"PidMode", mode_or(options.pid_mode, "private")},
       {"UTSMode", mode_or(options.uts_mode, sandbox.is_pod ? "pod" : "private")},
       {"Privileged", options.privileged},
       {"PublishAllPorts", options.publish_all},
       {"ReadonlyRootfs", options.read_only},
       {"SecurityOpt", security},
       {"UsernsMode", is_remapped ? "private" : ""},
       {"ShmSize", options.shm_size},
       {"Runtime", "pod"},
       {"Init", options.init},
       {"Ulimits", rlimits(options)}});
  json["Tmpfs"] = tmpfs_json(options);
  json["Devices"] = devices_json(options);
  json["OomScoreAdj"] = options.oom_score_adj.value_or(0);
  json["Cgroups"] = options.splits_cgroup ? "split" : options.has_cgroup ? "default" : "disabled";
  add_limits(json, options.resources);
  if (is_remapped) {
    json["IDMappings"] =
        Json::object({{"UidMap", texts(options.uid_map)}, {"GidMap", texts(options.gid_map)}});
  } else {
    json["IDMappings()"] = nullptr;
  }
  add_absent(json);
  return json;
}

}  // namespace containers
