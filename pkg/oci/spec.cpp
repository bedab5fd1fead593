#include "pkg/oci/spec.hpp"

#include <utility>

namespace oci {
namespace {

using base::Json;

// Members that have nothing to say are left out, so that the file can be read.
void put(Json& json, const char* key, Json value) {
  const bool is_empty = value.is_null() || (value.is_string() && value.as_string().empty()) ||
                        (value.is_array() && value.as_array().empty()) ||
                        (value.is_object() && value.as_object().empty()) ||
                        (value.is_bool() && !value.as_bool());
  if (!is_empty) json[key] = std::move(value);
}

template <typename Number>
void put_number(Json& json, const char* key, const std::optional<Number>& value) {
  if (value) json[key] = Json(*value);
}

template <typename Number>
std::optional<Number> find_number(const Json& json, const char* key) {
  const Json* value = json.find(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return static_cast<Number>(json.at(key).as_integer());
}

const Json& member(const Json& json, const char* key) {
  static const Json none;
  const Json* value = json.find(key);
  return value != nullptr ? *value : none;
}

Json map_json(const std::map<std::string, std::string>& map) {
  Json json = Json::object();
  for (const auto& [key, value] : map)
    json[key] = value;
  return json;
}

std::map<std::string, std::string> parse_map(const Json& json, const char* key) {
  std::map<std::string, std::string> map;
  for (const auto& [name, value] : json.object_or_none(key))
    map[name] = value.as_string();
  return map;
}

std::vector<std::uint32_t> parse_ids(const Json& json, const char* key) {
  std::vector<std::uint32_t> ids;
  for (const Json& id : json.array_or_none(key))
    ids.push_back(static_cast<std::uint32_t>(id.as_integer()));
  return ids;
}

Json ids_json(const std::vector<std::uint32_t>& ids) {
  Json json = Json::array();
  for (const std::uint32_t id : ids)
    json.push_back(id);
  return json;
}

User parse_user(const Json& json) {
  User user;
  user.uid = static_cast<std::uint32_t>(json.integer_or("uid", 0));
  user.gid = static_cast<std::uint32_t>(json.integer_or("gid", 0));
  user.additional_gids = parse_ids(json, "additionalGids");
  user.umask = find_number<std::uint32_t>(json, "umask");
  user.name = json.string_or("username", "");
  user.additional_groups = json.strings_or_none("additionalGroups");
  return user;
}

Json user_json(const User& user) {
  Json json = Json::object({{"uid", user.uid}, {"gid", user.gid}});
  put(json, "additionalGids", ids_json(user.additional_gids));
  put_number(json, "umask", user.umask);
  put(json, "username", user.name);
  put(json, "additionalGroups", user.additional_groups);
  return json;
}

Process parse_process(const Json& json) {
  Process process;
  process.terminal = json.bool_or("terminal", false);
  process.user = parse_user(member(json, "user"));
  process.args = json.strings_or_none("args");
  process.env = json.strings_or_none("env");
  process.cwd = json.string_or("cwd", "/");
  process.make_cwd = json.bool_or("makeCwd", false);
  const Json& capabilities = member(json, "capabilities");
  process.capabilities = capabilities.strings_or_none("bounding");
  process.ambient_capabilities = capabilities.strings_or_none("ambient");
  for (const Json& limit : json.array_or_none("rlimits")) {
    process.rlimits.push_back({limit.at("type").as_string(),
                               static_cast<std::uint64_t>(limit.at("soft").as_integer()),
                               static_cast<std::uint64_t>(limit.at("hard").as_integer())});
  }
  process.no_new_privileges = json.bool_or("noNewPrivileges", false);
  process.oom_score_adj = find_number<int>(json, "oomScoreAdj");
  process.apparmor_profile = json.string_or("apparmorProfile", "");
  return process;
}

Json capabilities_json(const Process& process) {
  Json json = Json::object();
  for (const char* set : {"bounding", "effective", "permitted"})
    put(json, set, process.capabilities);
  for (const char* set : {"inheritable", "ambient"})
    put(json, set, process.ambient_capabilities);
  return json;
}

Json process_json(const Process& process) {
  Json json = Json::object();
  put(json, "terminal", process.terminal);
  json["user"] = user_json(process.user);
  put(json, "args", process.args);
  put(json, "env", process.env);
  json["cwd"] = process.cwd;
  put(json, "makeCwd", process.make_cwd);
  put(json, "capabilities", capabilities_json(process));
  Json rlimits = Json::array();
  for (const Rlimit& limit : process.rlimits) {
    rlimits.push_back(
        Json::object({{"type", limit.type}, {"hard", limit.hard}, {"soft", limit.soft}}));
  }
  put(json, "rlimits", std::move(rlimits));
  put(json, "noNewPrivileges", process.no_new_privileges);
  put_number(json, "oomScoreAdj", process.oom_score_adj);
  put(json, "apparmorProfile", process.apparmor_profile);
  return json;
}

Mount parse_mount(const Json& json) {
  return {json.at("destination").as_string(), json.string_or("type", ""),
          json.string_or("source", ""),       json.strings_or_none("options"),
          json.string_or("subpath", ""),      json.bool_or("makeSubpath", false)};
}

Json mount_json(const Mount& mount) {
  Json json = Json::object({{"destination", mount.destination}});
  put(json, "type", mount.type);
  put(json, "source", mount.source);
  put(json, "options", mount.options);
  put(json, "subpath", mount.subpath);
  if (mount.make_subpath) json["makeSubpath"] = true;
  return json;
}

Device parse_device(const Json& json) {
  const std::string& path = json.at("path").as_string();
  return {path, json.string_or("source", path), json.string_or("access", "rwm")};
}

Json device_json(const Device& device) {
  return Json::object(
      {{"path", device.path}, {"source", device.source}, {"access", device.access}});
}

template <typename Item>
std::vector<Item> parse_list(const Json& json, const char* key, Item (*parse)(const Json&)) {
  std::vector<Item> items;
  for (const Json& item : json.array_or_none(key))
    items.push_back(parse(item));
  return items;
}

template <typename Item>
Json list_json(const std::vector<Item>& items, Json (*write)(const Item&)) {
  Json json = Json::array();
  for (const Item& item : items)
    json.push_back(write(item));
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

Json linux_json(const Spec& spec) {
  Json json = Json::object();
  put(json, "namespaces", list_json(spec.namespaces, namespace_json));
  put(json, "devices", list_json(spec.devices, device_json));
  put(json, "resources", spec.resources.json());
  put(json, "sysctl", map_json(spec.sysctl));
  put(json, "maskedPaths", spec.masked_paths);
  put(json, "readonlyPaths", spec.readonly_paths);
  put(json, "rootfsPropagation", spec.root_propagation);
  put(json, "seccompProfile", spec.seccomp);
  return json;
}

}  // namespace

Resources Resources::parse(const Json& json) {
  Resources resources;
  const Json& memory = member(json, "memory");
  resources.memory_limit = find_number<std::int64_t>(memory, "limit");
  resources.memory_swap = find_number<std::int64_t>(memory, "swap");
  resources.memory_reservation = find_number<std::int64_t>(memory, "reservation");
  const Json& cpu = member(json, "cpu");
  resources.cpu_shares = find_number<std::uint64_t>(cpu, "shares");
  resources.cpu_quota = find_number<std::int64_t>(cpu, "quota");
  resources.cpu_period = find_number<std::uint64_t>(cpu, "period");
  resources.cpuset_cpus = cpu.string_or("cpus", "");
  resources.cpuset_mems = cpu.string_or("mems", "");
  resources.pids_limit = find_number<std::int64_t>(member(json, "pids"), "limit");
  resources.unified = parse_map(json, "unified");
  return resources;
}

Json Resources::json() const {
  Json memory = Json::object();
  put_number(memory, "limit", memory_limit);
  put_number(memory, "swap", memory_swap);
  put_number(memory, "reservation", memory_reservation);
  Json cpu = Json::object();
  put_number(cpu, "shares", cpu_shares);
  put_number(cpu, "quota", cpu_quota);
  put_number(cpu, "period", cpu_period);
  put(cpu, "cpus", cpuset_cpus);
  put(cpu, "mems", cpuset_mems);
  Json pids = Json::object();
  put_number(pids, "limit", pids_limit);
  Json json = Json::object();
  put(json, "memory", std::move(memory));
  put(json, "cpu", std::move(cpu));
  put(json, "pids", std::move(pids));
  put(json, "unified", map_json(unified));
  return json;
}

bool Resources::empty() const {
  return !memory_limit && !memory_swap && !memory_reservation && !cpu_shares && !cpu_quota &&
         !cpu_period && cpuset_cpus.empty() && cpuset_mems.empty() && !pids_limit &&
         unified.empty();
}

Spec Spec::parse(const base::Json& json) {
  Spec spec;
  spec.process = parse_process(member(json, "process"));
  spec.readonly_root = member(json, "root").bool_or("readonly", false);
  spec.hostname = json.string_or("hostname", "");
  spec.domainname = json.string_or("domainname", "");
  spec.mounts = parse_list(json, "mounts", parse_mount);
  spec.annotations = parse_map(json, "annotations");
  spec.init = json.bool_or("init", false);
  const Json& system = member(json, "linux");
  spec.namespaces = parse_list(system, "namespaces", parse_namespace);
  spec.devices = parse_list(system, "devices", parse_device);
  spec.resources = Resources::parse(member(system, "resources"));
  spec.sysctl = parse_map(system, "sysctl");
  spec.masked_paths = system.strings_or_none("maskedPaths");
  spec.readonly_paths = system.strings_or_none("readonlyPaths");
  spec.root_propagation = system.string_or("rootfsPropagation", "");
  spec.seccomp = system.string_or("seccompProfile", "");
  return spec;
}

base::Json Spec::json() const {
  Json json = Json::object({{"ociVersion", "1.0.2"}, {"process", process_json(process)}});
  Json root = Json::object({{"path", "rootfs"}});
  put(root, "readonly", readonly_root);
  json["root"] = std::move(root);
  put(json, "hostname", hostname);
  put(json, "domainname", domainname);
  put(json, "mounts", list_json(mounts, mount_json));
  put(json, "annotations", map_json(annotations));
  put(json, "init", init);
  put(json, "linux", linux_json(*this));
  return json;
}

}  // namespace oci
