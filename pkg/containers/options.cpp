// Options on disk. One list of the members serves both ways: `visit` shows each of them, by its
// name, to a writer or a reader.
#include "pkg/containers/options.hpp"

#include "pkg/base/error.hpp"

namespace containers {
namespace {

using base::Json;
using Texts = std::vector<std::string>;
using Table = std::map<std::string, std::string>;

Json to_json(const std::string& value) {
  return value;
}
Json to_json(bool value) {
  return value;
}
Json to_json(std::int64_t value) {
  return value;
}
Json to_json(const Texts& value) {
  return value;
}

Json to_json(const Table& value) {
  Json json = Json::object();
  for (const auto& [key, text] : value)
    json[key] = text;
  return json;
}

Json to_json(const oci::Rlimit& value) {
  return Json::object({{"type", value.type}, {"soft", value.soft}, {"hard", value.hard}});
}

Json to_json(const oci::Device& value) {
  return Json::object({{"path", value.path}, {"source", value.source}, {"access", value.access}});
}

Json to_json(const VolumeMount& value) {
  return Json::object({{"kind", static_cast<int>(value.kind)},
                       {"source", value.source},
                       {"target", value.target},
                       {"subpath", value.subpath},
                       {"read_only", value.read_only},
                       {"make_subpath", value.make_subpath},
                       {"make_source", value.make_source},
                       {"device", value.device},
                       {"options", value.options}});
}

Json to_json(const SecretUse& value) {
  return Json::object({{"name", value.name},
                       {"id", value.id},
                       {"size", value.size},
                       {"target", value.target},
                       {"is_variable", value.is_variable},
                       {"uid", value.uid},
                       {"gid", value.gid},
                       {"mode", value.mode}});
}

Json to_json(const RestartPolicy& value) {
  return value.text();
}
Json to_json(const monitor::HealthCheck& value) {
  return value.json();
}
Json to_json(const network::Config& value) {
  return value.json();
}
Json to_json(Options::Role value) {
  return static_cast<int>(value);
}
Json to_json(std::uint32_t value) {
  return value;
}
Json to_json(std::uint64_t value) {
  return value;
}
Json to_json(int value) {
  return value;
}

void from_json(const Json& json, std::string& value) {
  value = json.as_string();
}
void from_json(const Json& json, bool& value) {
  value = json.as_bool();
}
void from_json(const Json& json, std::int64_t& value) {
  value = json.as_integer();
}
void from_json(const Json& json, Texts& value) {
  value = json.as_strings();
}

void from_json(const Json& json, Table& value) {
  for (const auto& [key, text] : json.as_object())
    value[key] = text.as_string();
}

// No limit is the largest number there is, which was once written as -1.
std::uint64_t limit_of(const Json& json) {
  return json.is_integer() ? static_cast<std::uint64_t>(json.as_integer()) : json.as_unsigned();
}

void from_json(const Json& json, oci::Rlimit& value) {
  value.type = json.at("type").as_string();
  value.soft = limit_of(json.at("soft"));
  value.hard = limit_of(json.at("hard"));
}

void from_json(const Json& json, oci::Device& value) {
  value.path = json.at("path").as_string();
  value.source = json.at("source").as_string();
  value.access = json.at("access").as_string();
}

void from_json(const Json& json, VolumeMount& value) {
  value.kind = static_cast<VolumeMount::Kind>(json.at("kind").as_integer());
  value.source = json.at("source").as_string();
  value.target = json.at("target").as_string();
  value.subpath = json.at("subpath").as_string();
  value.read_only = json.at("read_only").as_bool();
  value.make_subpath = json.bool_or("make_subpath", false);
  value.make_source = json.at("make_source").as_bool();
  value.device = json.string_or("device", "");
  value.options = json.at("options").as_strings();
}

void from_json(const Json& json, SecretUse& value) {
  value.name = json.at("name").as_string();
  value.id = json.at("id").as_string();
  value.size = json.at("size").as_integer();
  value.target = json.at("target").as_string();
  value.is_variable = json.at("is_variable").as_bool();
  value.uid = static_cast<std::uint32_t>(json.at("uid").as_integer());
  value.gid = static_cast<std::uint32_t>(json.at("gid").as_integer());
  value.mode = static_cast<std::uint32_t>(json.at("mode").as_integer());
}

void from_json(const Json& json, RestartPolicy& value) {
  value = RestartPolicy::parse(json.as_string());
}
void from_json(const Json& json, monitor::HealthCheck& value) {
  value = monitor::HealthCheck::parse(json);
}
void from_json(const Json& json, network::Config& value) {
  value = network::Config::parse(json);
}
void from_json(const Json& json, Options::Role& value) {
  value = static_cast<Options::Role>(json.as_integer());
}
void from_json(const Json& json, std::uint32_t& value) {
  value = static_cast<std::uint32_t>(json.as_integer());
}
void from_json(const Json& json, std::uint64_t& value) {
  value = static_cast<std::uint64_t>(json.as_integer());
}
void from_json(const Json& json, int& value) {
  value = static_cast<int>(json.as_integer());
}

bool is_empty(const std::string& value) {
  return value.empty();
}
template <typename T>
bool is_empty(const std::vector<T>& value) {
  return value.empty();
}
bool is_empty(const Table& value) {
  return value.empty();
}
bool is_empty(const monitor::HealthCheck& value) {
  return value.is_default();
}
template <typename T>
bool is_empty(const T&) {
  return false;
}

class Writer {
 public:
  template <typename T>
  void operator()(const char* name, const T& value) {
    if (!is_empty(value)) json[name] = to_json(value);
  }
  template <typename T>
  void operator()(const char* name, const std::optional<T>& value) {
    if (value) json[name] = to_json(*value);
  }
  void operator()(const char* name, const std::vector<oci::Rlimit>& list) { write(name, list); }
  void operator()(const char* name, const std::vector<oci::Device>& list) { write(name, list); }
  void operator()(const char* name, const std::vector<VolumeMount>& list) { write(name, list); }
  void operator()(const char* name, const std::vector<SecretUse>& list) { write(name, list); }

  Json json = Json::object();

 private:
  template <typename T>
  void write(const char* name, const std::vector<T>& list) {
    for (const T& value : list)
      json[name].push_back(to_json(value));
  }
};

class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}

  template <typename T>
  void operator()(const char* name, T& value) {
    if (const Json* member = json_.find(name)) from_json(*member, value);
  }
  template <typename T>
  void operator()(const char* name, std::optional<T>& value) {
    if (const Json* member = json_.find(name)) from_json(*member, value.emplace());
  }
  void operator()(const char* name, std::vector<oci::Rlimit>& list) { read(name, list); }
  void operator()(const char* name, std::vector<oci::Device>& list) { read(name, list); }
  void operator()(const char* name, std::vector<VolumeMount>& list) { read(name, list); }
  void operator()(const char* name, std::vector<SecretUse>& list) { read(name, list); }

 private:
  template <typename T>
  void read(const char* name, std::vector<T>& list) {
    for (const Json& element : json_.array_or_none(name))
      from_json(element, list.emplace_back());
  }

  const Json& json_;
};

template <typename Resources, typename Visitor>
void visit_resources(Resources& resources, Visitor& visitor) {
  visitor("memory_limit", resources.memory_limit);
  visitor("memory_swap", resources.memory_swap);
  visitor("memory_reservation", resources.memory_reservation);
  visitor("cpu_shares", resources.cpu_shares);
  visitor("cpu_quota", resources.cpu_quota);
  visitor("cpu_period", resources.cpu_period);
  visitor("cpuset_cpus", resources.cpuset_cpus);
  visitor("cpuset_mems", resources.cpuset_mems);
  visitor("pids_limit", resources.pids_limit);
  visitor("unified", resources.unified);
}

template <typename Any, typename Visitor>
void visit_process(Any& options, Visitor& visitor) {
  visitor("command", options.command);
  visitor("entrypoint", options.entrypoint);
  visitor("create_command", options.create_command);
  visitor("env", options.env);
  visitor("unset_env", options.unset_env);
  visitor("unset_env_all", options.unset_env_all);
  visitor("http_proxy", options.http_proxy);
  visitor("user", options.user);
  visitor("groups", options.groups);
  visitor("adds_users", options.adds_users);
  visitor("passwd_entry", options.passwd_entry);
  visitor("group_entry", options.group_entry);
  visitor("host_users", options.host_users);
  visitor("workdir", options.workdir);
  visitor("make_workdir", options.make_workdir);
  visitor("terminal", options.terminal);
  visitor("interactive", options.interactive);
  visitor("init", options.init);
  visitor("umask", options.umask);
  visitor("rlimits", options.rlimits);
  visitor("systemd", options.systemd);
  visitor("sdnotify", options.sdnotify);
  visitor("stop_signal", options.stop_signal);
  visitor("stop_timeout", options.stop_timeout);
  visitor("timeout", options.timeout);
  visitor("timezone", options.timezone);
  visitor("oom_score_adj", options.oom_score_adj);
}

template <typename Any, typename Visitor>
void visit_isolation(Any& options, Visitor& visitor) {
  visitor("cap_add", options.cap_add);
  visitor("cap_drop", options.cap_drop);
  visitor("privileged", options.privileged);
  visitor("no_new_privileges", options.no_new_privileges);
  visitor("seccomp", options.seccomp);
  visitor("mask", options.mask);
  visitor("unmask", options.unmask);
  visitor("proc_options", options.proc_options);
  visitor("read_only", options.read_only);
  visitor("read_only_tmpfs", options.read_only_tmpfs);
  visitor("sysctl", options.sysctl);
  visitor("devices", options.devices);
  visit_resources(options.resources, visitor);
  visitor("pid_mode", options.pid_mode);
  visitor("ipc_mode", options.ipc_mode);
  visitor("uts_mode", options.uts_mode);
  visitor("cgroup_mode", options.cgroup_mode);
  visitor("has_cgroup", options.has_cgroup);
  visitor("splits_cgroup", options.splits_cgroup);
  visitor("cgroup_parent", options.cgroup_parent);
  visitor("userns", options.userns);
  visitor("uid_map", options.uid_map);
  visitor("gid_map", options.gid_map);
}

template <typename Any, typename Visitor>
void visit(Any& options, Visitor& visitor) {
  visitor("name", options.name);
  visitor("pod", options.pod);
  visitor("image", options.image);
  visitor("rootfs", options.rootfs);
  visitor("covers_rootfs", options.covers_rootfs);
  visitor("remove", options.remove);
  visitor("remove_image", options.remove_image);
  visit_process(options, visitor);
  visit_isolation(options, visitor);
  visitor("hostname", options.hostname);
  visitor("network", options.network);
  visitor("expose", options.expose);
  visitor("publish_all", options.publish_all);
  visitor("mounts", options.mounts);
  visitor("volumes_from", options.volumes_from);
  visitor("secrets", options.secrets);
  visitor("image_volumes", options.image_volumes);
  visitor("shm_size", options.shm_size);
  visitor("restart", options.restart);
  visitor("health", options.health);
  visitor("log_driver", options.log_driver);
  visitor("log_path", options.log_path);
  visitor("log_tag", options.log_tag);
  visitor("dependencies", options.dependencies);
  visitor("log_size_max", options.log_size_max);
  visitor("cid_file", options.cid_file);
  visitor("pid_file", options.pid_file);
  visitor("monitor_pid_file", options.monitor_pid_file);
  visitor("runtime", options.runtime);
  visitor("role", options.role);
  visitor("labels", options.labels);
  visitor("annotations", options.annotations);
}

}  // namespace

Options Options::parse(const Json& json) {
  Options options;
  Reader reader(json);
  visit(options, reader);
  return options;
}

Json Options::json() const {
  Writer writer;
  visit(*this, writer);
  return std::move(writer.json);
}

}  // namespace containers
