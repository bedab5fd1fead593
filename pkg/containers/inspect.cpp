#include "pkg/base/text.hpp"
#include "pkg/containers/health.hpp"
#include "pkg/containers/inspect_parts.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/containers/report.hpp"
#include "storage/all_images.hpp"
#include "storage/layout.hpp"
#include "storage/rootfs.hpp"

#include <algorithm>

namespace containers {
namespace {

using base::Json;

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
  json["Options"] = texts(mount.options);
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

std::optional<storage::Image> image_of(const home::Home& home, const Container& container) {
  if (container.image_id.empty()) return std::nullopt;
  return storage::AllImages(home).find(container.image_id);
}

// Where its files are; who has no root of its own shows nothing.
Json driver_json(const home::Home& home, const Container& container) {
  const storage::Driver driver = storage::choose_driver(home).driver;
  Json json = Json::object({{"Name", storage::driver_name(driver)}, {"Data", nullptr}});
  if (driver == storage::Driver::Flat || container.layers.empty()) return json;
  std::vector<std::string> lower = storage::trees_of(home, container.layers);
  std::ranges::reverse(lower);  // the topmost first
  const std::string rootfs = storage::Layout(home).rootfs(container.id);
  json["Data"] = Json::object({{"LowerDir", base::join(lower, ":")},
                               {"UpperDir", rootfs + "/upper"},
                               {"WorkDir", rootfs + "/work"}});
  return json;
}

void add_sizes(Json& json, const home::Home& home, const Container& container,
               const std::optional<storage::Image>& image) {
  const std::int64_t written = storage::rootfs_size(home, container.id);
  json["SizeRw"] = written;
  json["SizeRootFs"] = (image ? image->size : 0) + written;
}

}  // namespace

Json texts(const std::vector<std::string>& values) {
  return values.empty() ? Json::array() : Json(values);
}

Json inspect(const home::Home& home, const Container& container, bool size) {
  const State state = state_of(home, container);
  const Sandbox sandbox = sandbox_of(home, container);
  const oci::Spec spec = load_spec(home, container);
  const std::vector<std::string>& command = container.command;
  const auto image = image_of(home, container);
  Json json = Json::object(
      {{"Id", container.id},
       {"Created", base::rfc3339(container.created)},
       {"Path", command.empty() ? "" : command.front()},
       {"Args", texts({command.empty() ? command.begin() : command.begin() + 1, command.end()})},
       {"State", state_json(state, has_health_check(container)
                                       ? monitor::read_health(container.runtime_directory(home))
                                       : std::nullopt)},
       {"Image", container.image_id},
       {"ImageDigest", image ? image->manifest_digest : ""},
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
       {"EffectiveCaps", texts(spec.process.capabilities)},
       {"BoundingCaps", texts(spec.process.capabilities)},
       {"ExecIDs", Json::array()},
       {"GraphDriver", driver_json(home, container)},
       {"Mounts", mounts_json(home, container)},
       {"Dependencies", texts(container.options.dependencies)},
       {"NetworkSettings", network_json(container.options, sandbox)},
       {"Namespace", ""},
       {"IsInfra", false},
       {"IsService", false},
       {"Config", config_json(container, sandbox, spec)},
       {"HostConfig", host_config_json(home, container, sandbox)}});
  if (size) {
    add_sizes(json, home, container, image);
  } else {
    json["SizeRw()"] = nullptr;
    json["SizeRootFs()"] = nullptr;
  }
  return json;
}

}  // namespace containers
