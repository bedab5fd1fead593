#include "pkg/base/size.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/health.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/containers/report.hpp"
#include "pkg/containers/sandbox.hpp"
#include "pkg/containers/spec.hpp"
#include "pkg/containers/table.hpp"
#include "storage/image_store.hpp"
#include "storage/layout.hpp"
#include "storage/rootfs.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace containers {
namespace {

using base::Json;

Json list(const std::vector<std::string>& values) {
  return values.empty() ? Json::array() : Json(values);
}

Json state_json(const State& state, const std::optional<monitor::Health>& health) {
  return Json::object({{"OciVersion", "1.0.2"},
                       {"Status", status_word(state.status)},
                       {"Running", state.is_running() && state.status != Status::Paused},
                       {"Paused", state.status == Status::Paused},
                       {"Restarting", false},
                       {"OOMKilled", state.oom_killed},
                       {"Dead", false},
                       {"Pid", state.is_running() ? state.process.pid : 0},
                       {"ConmonPid", state.is_running() ? state.monitor.pid : 0},
                       {"ExitCode", state.exit_code},
                       {"Error", state.error},
                       {"StartedAt", base::rfc3339(state.started)},
                       {"FinishedAt", base::rfc3339(state.finished)},
                       {"Health", health ? health->json() : Json()},
                       {"Healthcheck()", health ? health->json() : Json()},  // its former name
                       {"CgroupPath", state.cgroup},
                       {"CheckpointedAt", base::rfc3339(0)},
                       {"RestoredAt", base::rfc3339(0)}});
}

Json mount_json(const home::Home& home, const VolumeMount& mount) {
  const bool is_volume = mount.kind == VolumeMount::Kind::Volume;
  const storage::Layout layout(home);
  const bool is_image = mount.kind == VolumeMount::Kind::Image;
  Json json = Json::object({{"Type", is_volume ? "volume" : is_image ? "image" : "bind"}});
  json[is_volume ? "Name" : "Name()"] = is_volume ? mount.source : "";
  json["Source"] = is_volume ? layout.volume(mount.source) + "/data" : mount.source;
  json["Destination"] = mount.target;
  json["Driver"] = is_volume ? "local" : "";
  json["Mode"] = "";
  json["Options"] = list(mount.options);
  json["RW"] = !mount.read_only;
  json["Propagation"] = "rprivate";
  return json;
}

Json mounts_json(const home::Home& home, const Container& container) {
  Json json = Json::array();
  for (const VolumeMount& mount : container.options.mounts) {
    const auto kinds = {VolumeMount::Kind::Tmpfs, VolumeMount::Kind::Ramfs,
                        VolumeMount::Kind::Devpts, VolumeMount::Kind::Mqueue};
    if (std::ranges::count(kinds, mount.kind) == 0) json.push_back(mount_json(home, mount));
  }
  return json;
}

// {"80/tcp": [{"HostIp": "", "HostPort": "8080"}], "443/tcp": null}
Json ports_json(const Options& options, const network::Config& network) {
  Json json = Json::object();
  for (const std::string& exposed : options.expose) {
    json[exposed.find('/') == std::string::npos ? exposed + "/tcp" : exposed] = nullptr;
  }
  for (const network::PortMapping& port : network.ports) {
    for (unsigned i = 0; i < port.range; ++i) {
      json[fmt::format("{}/{}", port.container_port + i, port.protocol)].push_back(Json::object(
          {{"HostIp", port.host_ip}, {"HostPort", std::to_string(port.host_port + i)}}));
    }
  }
  return json;
}

// Of the container in its network: none to tell. They are the host's, or known to its helper alone.
Json addresses_json() {
  return Json::object({{"EndpointID", ""},
                       {"Gateway", ""},
                       {"IPAddress", ""},
                       {"IPPrefixLen", 0},
                       {"IPv6Gateway", ""},
                       {"GlobalIPv6Address", ""},
                       {"GlobalIPv6PrefixLen", 0},
                       {"MacAddress", ""}});
}

Json one_network() {
  Json json = addresses_json();
  json["NetworkID"] = "";
  json["DriverOpts"] = nullptr;
  json["IPAMConfig"] = nullptr;
  json["Links"] = nullptr;
  json["Aliases"] = Json::array();
  return json;
}

Json network_json(const Options& options, const Sandbox& sandbox) {
  const std::string mode = sandbox.network.mode.empty() ? "pasta" : sandbox.network.mode;
  Json json = addresses_json();
  json["Bridge"] = "";
  json["SandboxID"] = "";
  json["HairpinMode"] = false;
  json["LinkLocalIPv6Address"] = "";
  json["LinkLocalIPv6PrefixLen"] = 0;
  json["Ports"] = ports_json(options, sandbox.network);
  json["SandboxKey"] = "";
  json["Networks"] = Json::object({{mode, one_network()}});
  return json;
}

// {"80/tcp": {}}
Json exposed_json(const Options& options) {
  Json json = Json::object();
  const Json ports = ports_json(options, options.network);
  for (const auto& [port, bindings] : ports.as_object())
    json[port] = Json::object();
  return json;
}

// With the defaults that were not spelt out.
Json check_json(const monitor::Check& check) {
  monitor::Check whole = check;
  whole.fill_from(
      {.interval = std::chrono::seconds(30), .timeout = std::chrono::seconds(30), .retries = 3});
  return whole.json();
}

void add_health(Json& json, const monitor::HealthCheck& health) {
  if (!health.regular.test.empty()) json["Healthcheck"] = check_json(health.regular);
  if (!health.regular.is_wanted()) return;
  if (health.startup.is_wanted()) json["StartupHealthCheck"] = health.startup.json();
  json["HealthcheckOnFailureAction"] = on_unhealthy_word(health.on_failure);
  json["HealthLogDestination"] = health.log_destination;
  json["HealthMaxLogCount"] = health.log_count;
  json["HealthMaxLogSize"] = health.log_size;
}

Json secrets_json(const Options& options) {
  Json json = Json::array();
  for (const SecretUse& use : options.secrets) {
    json.push_back(Json::object({{"Name", use.name},
                                 {"ID", use.id},
                                 {"Size", use.size},
                                 {"UID", use.uid},
                                 {"GID", use.gid},
                                 {"Mode", use.mode}}));
  }
  return json;
}

Json config_json(const Container& container, const Sandbox& sandbox, const oci::Spec& spec) {
  const Options& options = container.options;
  Json volumes = Json::object();
  for (const VolumeMount& mount : options.mounts)
    volumes[mount.target] = Json::object();
  Json json =
      Json::object({{"Hostname", sandbox.hostname},
                    {"Domainname", ""},
                    {"User", options.user},
                    {"AttachStdin", false},
                    {"AttachStdout", false},
                    {"AttachStderr", false},
                    {"Tty", options.terminal},
                    {"OpenStdin", options.interactive},
                    {"StdinOnce", false},
                    {"Env", list(spec.process.env)},
                    {"Cmd", list(options.command)},
                    {"Image", container.image_name},
                    {"ExposedPorts", exposed_json(options)},
                    {"Volumes", volumes},
                    {"WorkingDir", options.workdir.empty() ? "/" : options.workdir},
                    {"Entrypoint", list(options.entrypoint.value_or(std::vector<std::string>{}))},
                    {"OnBuild", nullptr},
                    {"Labels", table(options.labels)},
                    {"Annotations", table(options.annotations)},
                    {"StopSignal", options.stop_signal.empty() ? "SIGTERM" : options.stop_signal},
                    {"StopTimeout", options.stop_timeout},
                    {"Passwd", true},
                    {"SystemdMode", options.systemd == "always"},
                    {"sdNotifyMode", options.sdnotify},
                    {"Timeout", options.timeout},
                    {"CreateCommand", list(options.create_command)},
                    {"Secrets", secrets_json(options)},
                    {"Umask", options.umask ? fmt::format("{:04o}", *options.umask) : "0022"}});
  add_health(json, options.health);
  json[options.timezone.empty() ? "Timezone()" : "Timezone"] = options.timezone;
  json["SystemdMode()"] = false;
  if (json.find("Healthcheck") == nullptr) json["Healthcheck()"] = nullptr;
  return json;
}

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
       {"VolumesFrom", list(options.volumes_from)},
       {"CapAdd", list(options.cap_add)},
       {"CapDrop", list(options.cap_drop)},
       {"Dns", list(sandbox.network.dns_servers)},
       {"DnsOptions", list(sandbox.network.dns_options)},
       {"DnsSearch", list(sandbox.network.dns_searches)},
       {"ExtraHosts", list(sandbox.network.hosts)},
       {"GroupAdd", list(options.groups)},
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
        Json::object({{"UidMap", list(options.uid_map)}, {"GidMap", list(options.gid_map)}});
  } else {
    json["IDMappings()"] = nullptr;
  }
  add_absent(json);
  return json;
}

std::string digest_of_image(const home::Home& home, const Container& container) {
  if (container.image_id.empty()) return "";
  const auto image = storage::ImageStore(storage::Layout(home)).find(container.image_id);
  return image ? image->manifest_digest : "";
}

// Where its files are; who has no root of its own shows nothing.
Json driver_json(const home::Home& home, const Container& container) {
  const storage::Driver driver = storage::choose_driver(home).driver;
  Json json = Json::object({{"Name", storage::driver_name(driver)}, {"Data", nullptr}});
  if (driver == storage::Driver::Flat || container.layers.empty()) return json;
  const storage::Layout layout(home);
  std::vector<std::string> lower;  // the topmost first
  for (auto layer = container.layers.rbegin(); layer != container.layers.rend(); ++layer)
    lower.push_back(layout.layer(*layer) + "/root");
  const std::string rootfs = layout.rootfs(container.id);
  json["Data"] = Json::object({{"LowerDir", base::join(lower, ":")},
                               {"UpperDir", rootfs + "/upper"},
                               {"WorkDir", rootfs + "/work"}});
  return json;
}

void add_sizes(Json& json, const home::Home& home, const Container& container) {
  const std::int64_t written = storage::rootfs_size(home, container.id);
  const storage::ImageStore images{storage::Layout(home)};
  const auto image = container.image_id.empty() ? std::nullopt : images.find(container.image_id);
  json["SizeRw"] = written;
  json["SizeRootFs"] = (image ? image->size : 0) + written;
}

}  // namespace

Json inspect(const home::Home& home, const Container& container, bool size) {
  const State state = state_of(home, container);
  const Sandbox sandbox = sandbox_of(home, container);
  const oci::Spec spec = load_spec(home, container);
  const std::vector<std::string>& command = container.command;
  Json json = Json::object(
      {{"Id", container.id},
       {"Created", base::rfc3339(container.created)},
       {"Path", command.empty() ? "" : command.front()},
       {"Args", list({command.empty() ? command.begin() : command.begin() + 1, command.end()})},
       {"State", state_json(state, has_health_check(container)
                                       ? monitor::read_health(container.runtime_directory(home))
                                       : std::nullopt)},
       {"Image", container.image_id},
       {"ImageDigest", digest_of_image(home, container)},
       {"ImageName", container.image_name},
       {"Rootfs", container.options.rootfs},
       {"Pod", container.pod},
       {"ResolvConfPath", sandbox.directory + "/resolv.conf"},
       {"HostnamePath", sandbox.directory + "/hostname"},
       {"HostsPath", sandbox.directory + "/hosts"},
       {"StaticDir", container.directory(home)},
       {"LogPath", container.log_path(home)},
       {"OCIRuntime", container.options.runtime.empty() ? "pod" : container.options.runtime},
       {"ConmonPidFile", container.options.monitor_pid_file},
       {"PidFile", container.options.pid_file},
       {"Name", container.name},
       {"RestartCount", state.restarts},
       {"Driver", storage::driver_name(storage::choose_driver(home).driver)},
       {"MountLabel", ""},
       {"ProcessLabel", ""},
       {"AppArmorProfile", spec.process.apparmor_profile},
       {"EffectiveCaps", list(spec.process.capabilities)},
       {"BoundingCaps", list(spec.process.capabilities)},
       {"ExecIDs", Json::array()},
       {"GraphDriver", driver_json(home, container)},
       {"Mounts", mounts_json(home, container)},
       {"Dependencies", list(container.options.dependencies)},
       {"NetworkSettings", network_json(container.options, sandbox)},
       {"Namespace", ""},
       {"IsInfra", false},
       {"IsService", false},
       {"Config", config_json(container, sandbox, spec)},
       {"HostConfig", host_config_json(home, container, sandbox)}});
  if (size) {
    add_sizes(json, home, container);
  } else {
    json["SizeRw()"] = nullptr;
    json["SizeRootFs()"] = nullptr;
  }
  return json;
}

}  // namespace containers
