#include "pkg/oci/spec.hpp"

#include "pkg/base/text.hpp"
#include "pkg/oci/members.hpp"

#include <algorithm>
#include <utility>

namespace oci {
namespace {

using base::Json;

IdMapping parse_mapping(const Json& json) {
  return {number_of<std::uint32_t>(json.at("containerID")),
          number_of<std::uint32_t>(json.at("hostID")), number_of<std::uint32_t>(json.at("size"))};
}

Json mapping_json(const IdMapping& mapping) {
  return Json::object(
      {{"containerID", mapping.container_id}, {"hostID", mapping.host_id}, {"size", mapping.size}});
}

Mount parse_mount(const Json& json) {
  return {json.at("destination").as_string(),
          json.string_or("type", ""),
          json.string_or("source", ""),
          json.strings_or_none("options"),
          json.string_or("subpath", ""),
          json.bool_or("makeSubpath", false),
          parse_list(json, "uidMappings", parse_mapping),
          parse_list(json, "gidMappings", parse_mapping)};
}

Json mount_json(const Mount& mount) {
  Json json = Json::object({{"destination", mount.destination}});
  put(json, "type", mount.type);
  put(json, "source", mount.source);
  put(json, "options", mount.options);
  put(json, "subpath", mount.subpath);
  if (mount.make_subpath) json["makeSubpath"] = true;
  put(json, "uidMappings", list_json(mount.uid_mappings, mapping_json));
  put(json, "gidMappings", list_json(mount.gid_mappings, mapping_json));
  return json;
}

Device parse_device(const Json& json) {
  const std::string& path = json.at("path").as_string();
  Device device;
  device.path = path;
  device.source = json.string_or("source", path);
  device.access = json.string_or("access", "rwm");
  device.type = json.string_or("type", "");
  device.major = number_or<std::int64_t>(json, "major", 0);
  device.minor = number_or<std::int64_t>(json, "minor", 0);
  device.mode = find_number<std::uint32_t>(json, "fileMode");
  device.uid = find_number<std::uint32_t>(json, "uid");
  device.gid = find_number<std::uint32_t>(json, "gid");
  return device;
}

Json device_json(const Device& device) {
  Json json =
      Json::object({{"path", device.path}, {"source", device.source}, {"access", device.access}});
  if (device.type.empty()) return json;
  json["type"] = device.type;
  json["major"] = device.major;
  json["minor"] = device.minor;
  put_number(json, "fileMode", device.mode);
  put_number(json, "uid", device.uid);
  put_number(json, "gid", device.gid);
  return json;
}

Namespace parse_namespace(const Json& json) {
  return {json.at("type").as_string(), json.string_or("path", "")};
}

Json namespace_json(const Namespace& ns) {
  Json json = Json::object({{"type", ns.type}});
  put(json, "path", ns.path);
  return json;
}

std::map<std::string, TimeOffset> parse_offsets(const Json& json) {
  std::map<std::string, TimeOffset> offsets;
  for (const auto& [clock, offset] : json.object_or_none("timeOffsets")) {
    if (clock != "monotonic" && clock != "boottime") {
      throw base::Error("timeOffsets: " + clock + ": not a clock that can be set apart");
    }
    offsets[clock] = {number_or<std::int64_t>(offset, "secs", 0),
                      number_or<std::uint32_t>(offset, "nanosecs", 0)};
  }
  return offsets;
}

Json offsets_json(const std::map<std::string, TimeOffset>& offsets) {
  Json json = Json::object();
  for (const auto& [clock, offset] : offsets) {
    json[clock] = Json::object({{"secs", offset.seconds}, {"nanosecs", offset.nanoseconds}});
  }
  return json;
}

std::optional<Personality> parse_personality(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return Personality{json.at("domain").as_string(), json.strings_or_none("flags")};
}

void parse_linux(const Json& system, Spec& spec) {
  spec.namespaces = parse_list(system, "namespaces", parse_namespace);
  spec.uid_mappings = parse_list(system, "uidMappings", parse_mapping);
  spec.gid_mappings = parse_list(system, "gidMappings", parse_mapping);
  spec.time_offsets = parse_offsets(system);
  spec.devices = parse_list(system, "devices", parse_device);
  spec.cgroups_path = system.string_or("cgroupsPath", "");
  spec.resources =
      within("resources", [&] { return Resources::parse(member(system, "resources")); });
  spec.sysctl = parse_map(system, "sysctl");
  spec.masked_paths = system.strings_or_none("maskedPaths");
  spec.readonly_paths = system.strings_or_none("readonlyPaths");
  spec.root_propagation = system.string_or("rootfsPropagation", "");
  spec.personality =
      within("personality", [&] { return parse_personality(member(system, "personality")); });
  spec.seccomp_filter = member(system, "seccomp");
  spec.seccomp = system.string_or("seccompProfile", "");
}

Json linux_json(const Spec& spec) {
  Json json = Json::object();
  put(json, "namespaces", list_json(spec.namespaces, namespace_json));
  put(json, "uidMappings", list_json(spec.uid_mappings, mapping_json));
  put(json, "gidMappings", list_json(spec.gid_mappings, mapping_json));
  put(json, "timeOffsets", offsets_json(spec.time_offsets));
  put(json, "devices", list_json(spec.devices, device_json));
  put(json, "cgroupsPath", spec.cgroups_path);
  put(json, "resources", spec.resources.json());
  put(json, "sysctl", map_json(spec.sysctl));
  put(json, "maskedPaths", spec.masked_paths);
  put(json, "readonlyPaths", spec.readonly_paths);
  put(json, "rootfsPropagation", spec.root_propagation);
  if (const auto& personality = spec.personality) {
    Json domain = Json::object({{"domain", personality->domain}});
    put(domain, "flags", personality->flags);
    json["personality"] = std::move(domain);
  }
  put(json, "seccomp", spec.seccomp_filter);
  put(json, "seccompProfile", spec.seccomp);
  return json;
}

// The versions that we know begin with "1."; see config.md, "Specification version".
void check_version(const std::string& version) {
  const auto parts = base::split(version, '.');
  if (parts.size() < 3 || parts[0] != "1" || !base::parse_integer(parts[1])) {
    throw base::Error("ociVersion \"" + version + "\": not one that we know: 1.0.0 to " +
                      kSpecVersion);
  }
}

// What is ours alone means nothing in somebody else's words.
void forget_ours(Spec& spec) {
  spec.init = false;
  spec.seccomp.clear();
  for (Mount& mount : spec.mounts) {
    mount.subpath.clear();
    mount.make_subpath = false;
  }
  for (Device& device : spec.devices) {
    device.source = device.path;
    device.access = "rwm";
  }
}

}  // namespace

const Namespace* Spec::find_namespace(const std::string& type) const {
  const auto found = std::find_if(namespaces.begin(), namespaces.end(),
                                  [&](const Namespace& ns) { return ns.type == type; });
  return found == namespaces.end() ? nullptr : &*found;
}

Spec Spec::parse(const Json& json) {
  Spec spec;
  spec.version = json.string_or("ociVersion", kSpecVersion);
  spec.process = within("process", [&] { return Process::parse(member(json, "process")); });
  const Json& root = member(json, "root");
  spec.root_path = root.string_or("path", "rootfs");
  spec.readonly_root = root.bool_or("readonly", false);
  spec.hostname = json.string_or("hostname", "");
  spec.domainname = json.string_or("domainname", "");
  spec.mounts = parse_list(json, "mounts", parse_mount);
  spec.hooks = within("hooks", [&] { return Hooks::parse(member(json, "hooks")); });
  spec.annotations = parse_map(json, "annotations");
  spec.init = json.bool_or("init", false);
  within("linux", [&] { parse_linux(member(json, "linux"), spec); });
  return spec;
}

Spec Spec::parse_config(const Json& json) {
  check_version(json.at("ociVersion").as_string());
  refuse_config(json);
  within("linux", [&] {
    within("resources", [&] { refuse_resources(member(member(json, "linux"), "resources")); });
  });
  Spec spec = parse(json);
  const Json& root = json.at("root");
  (void)within("root", [&] { return root.at("path").as_string(); });
  if (spec.root_path.empty()) throw base::Error("root: path: empty");
  const Json& process = json.at("process");
  spec.process = within("process", [&] { return Process::parse_config(process); });
  forget_ours(spec);
  return spec;
}

Json Spec::json() const {
  Json json = Json::object({{"ociVersion", version}, {"process", process.json()}});
  Json root = Json::object({{"path", root_path}});
  put(root, "readonly", readonly_root);
  json["root"] = std::move(root);
  put(json, "hostname", hostname);
  put(json, "domainname", domainname);
  put(json, "mounts", list_json(mounts, mount_json));
  put(json, "hooks", hooks.json());
  put(json, "annotations", map_json(annotations));
  put(json, "init", init);
  put(json, "linux", linux_json(*this));
  return json;
}

}  // namespace oci
