#include "pkg/kube/generate_container.hpp"

#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "storage/image_store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include <sys/stat.h>

namespace kube {
namespace {

using base::Json;
using containers::Options;
using containers::VolumeMount;
using Texts = std::vector<std::string>;

// Only what differs from the image: that says the rest itself.
oci::ImageConfig config_of(const home::Home& home, const containers::Container& container) {
  if (container.image_id.empty()) return {};
  const auto image = storage::ImageStore(storage::Layout(home)).find(container.image_id);
  return image ? image->config : oci::ImageConfig{};
}

void add_process(Json& json, const Options& options, const oci::ImageConfig& image) {
  const Texts entrypoint = options.entrypoint.value_or(Texts{});
  if (entrypoint != image.entrypoint && !entrypoint.empty()) json["command"] = entrypoint;
  const bool same_command = entrypoint == image.entrypoint && options.command == image.cmd;
  if (!same_command && !options.command.empty()) json["args"] = options.command;
  Json env = Json::array();
  for (const std::string& variable : options.env) {
    if (std::find(image.env.begin(), image.env.end(), variable) != image.env.end()) continue;
    const auto [name, value] = base::split_once(variable, '=');
    env.push_back(Json::object({{"name", name}, {"value", value.value_or("")}}));
  }
  if (!env.as_array().empty()) json["env"] = env;
  if (options.workdir != image.working_dir && !options.workdir.empty()) {
    json["workingDir"] = options.workdir;
  }
  if (options.interactive) json["stdin"] = true;
  if (options.terminal) json["tty"] = true;
}

void add_ports(Json& json, const std::vector<network::PortMapping>& ports) {
  Json list = Json::array();
  for (const network::PortMapping& port : ports) {
    for (unsigned i = 0; i < port.range; ++i) {
      Json one = Json::object({{"containerPort", port.container_port + i},
                               {"hostPort", port.host_port + i},
                               {"protocol", base::upper(port.protocol)}});
      if (!port.host_ip.empty()) one["hostIP"] = port.host_ip;
      list.push_back(one);
    }
  }
  if (!list.as_array().empty()) json["ports"] = list;
}

void add_user(Json& security, const Options& options, const oci::ImageConfig& image) {
  if (options.user.empty() || options.user == image.user) return;
  const auto [user, group] = base::split_once(options.user, ':');
  const auto uid = base::parse_integer(user);
  const auto gid = base::parse_integer(group.value_or(""));
  if (uid) security["runAsUser"] = *uid;
  if (gid) security["runAsGroup"] = *gid;
  if (!uid || (group && !gid)) {
    base::log::warn("container {}: user {}: Kubernetes knows numbers only", options.name,
                    options.user);
  }
}

Texts bare_capabilities(const Texts& names) {
  Texts bare;
  for (const std::string& name : names) {
    const std::string upper = base::upper(name);
    bare.push_back(upper.starts_with("CAP_") ? upper.substr(4) : upper);
  }
  return bare;
}

void add_security(Json& json, const Options& options, const oci::ImageConfig& image) {
  Json security = Json::object();
  if (options.privileged) security["privileged"] = true;
  if (options.read_only) security["readOnlyRootFilesystem"] = true;
  if (options.no_new_privileges) security["allowPrivilegeEscalation"] = false;
  add_user(security, options, image);
  Json capabilities = Json::object();
  if (!options.cap_add.empty()) capabilities["add"] = bare_capabilities(options.cap_add);
  if (!options.cap_drop.empty()) capabilities["drop"] = bare_capabilities(options.cap_drop);
  if (!capabilities.as_object().empty()) security["capabilities"] = capabilities;
  if (!security.as_object().empty()) json["securityContext"] = security;
}

void add_limits(Json& json, const oci::Resources& resources) {
  Json limits = Json::object();
  if (resources.memory_limit.value_or(0) > 0) {
    limits["memory"] = std::to_string(*resources.memory_limit);
  }
  const std::int64_t quota = resources.cpu_quota.value_or(0);
  const auto period = static_cast<std::int64_t>(resources.cpu_period.value_or(100'000));
  if (quota > 0) limits["cpu"] = fmt::format("{}m", quota * 1000 / period);
  if (!limits.as_object().empty()) json["resources"] = Json::object({{"limits", limits}});
}

const char* type_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "";
  if (S_ISDIR(status.st_mode)) return "Directory";
  if (S_ISSOCK(status.st_mode)) return "Socket";
  if (S_ISCHR(status.st_mode)) return "CharDevice";
  return S_ISBLK(status.st_mode) ? "BlockDevice" : "File";
}

// A volume's source, or null for what has none in Kubernetes.
Json source_of(const containers::Container& container, const VolumeMount& mount) {
  const auto& anonymous = container.anonymous_volumes;
  switch (mount.kind) {
    case VolumeMount::Kind::Bind:
      return Json::object(
          {{"hostPath", Json::object({{"path", mount.source}, {"type", type_of(mount.source)}})}});
    case VolumeMount::Kind::Volume:
      if (std::find(anonymous.begin(), anonymous.end(), mount.source) != anonymous.end()) {
        return Json::object({{"emptyDir", Json::object()}});
      }
      return Json::object({{"persistentVolumeClaim", Json::object({{"claimName", mount.source}})}});
    case VolumeMount::Kind::Tmpfs:
      return Json::object({{"emptyDir", Json::object({{"medium", "Memory"}})}});
    case VolumeMount::Kind::PodVolume:
      return Json::object({{"emptyDir", Json::object()}});
    default:
      return {};
  }
}

// One name for one source, so that members which share a volume go on sharing it.
std::string volume_name(const containers::Container& container, const VolumeMount& mount) {
  switch (mount.kind) {
    case VolumeMount::Kind::Bind:
      return label_of(mount.source.substr(0, 50) + "-host");
    case VolumeMount::Kind::Volume:
      return label_of(mount.source.substr(0, 50) + "-pvc");
    case VolumeMount::Kind::PodVolume:
      return label_of(mount.source);
    default:
      return label_of(container.name + "-" + mount.target.substr(0, 30) + "-tmp");
  }
}

void add_mounts(Described& out, const containers::Container& container) {
  Json mounts = Json::array();
  for (const VolumeMount& mount : container.options.mounts) {
    Json volume = source_of(container, mount);
    if (volume.is_null()) {
      base::log::warn("container {}: what is mounted at {} has no word in Kubernetes",
                      container.name, mount.target);
      continue;
    }
    const std::string name = volume_name(container, mount);
    Json use = Json::object({{"name", name}, {"mountPath", mount.target}});
    if (!mount.subpath.empty()) use["subPath"] = mount.subpath;
    if (mount.read_only) use["readOnly"] = true;
    mounts.push_back(use);
    Json named = Json::object({{"name", name}});
    for (const auto& [key, value] : volume.as_object())
      named[key] = value;
    out.volumes.push_back(named);
  }
  if (!mounts.as_array().empty()) out.container["volumeMounts"] = mounts;
}

}  // namespace

std::string label_of(const std::string& name) {
  std::string label;
  for (const char letter : base::lower(name)) {
    const bool fits = std::isalnum(static_cast<unsigned char>(letter)) != 0;
    if (fits || !label.empty()) label += fits ? letter : '-';
  }
  label = label.substr(0, 63);
  while (label.ends_with('-'))
    label.pop_back();
  return label.empty() ? "x" : label;
}

Described describe(const home::Home& home, const containers::Container& container,
                   const std::vector<network::PortMapping>& ports, const std::string& prefix) {
  const Options& options = container.options;
  const oci::ImageConfig image = config_of(home, container);
  std::string name = container.name;
  if (name.starts_with(prefix) && name.size() > prefix.size()) name = name.substr(prefix.size());
  Described out;
  out.container = Json::object({{"name", label_of(name)}, {"image", container.image_name}});
  add_process(out.container, options, image);
  add_ports(out.container, ports);
  add_security(out.container, options, image);
  add_limits(out.container, options.resources);
  add_mounts(out, container);
  return out;
}

}  // namespace kube
