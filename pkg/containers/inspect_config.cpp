#include "pkg/containers/health.hpp"
#include "pkg/containers/inspect_parts.hpp"
#include "pkg/containers/service.hpp"
#include "pkg/containers/table.hpp"

#include <fmt/core.h>

namespace containers {

using base::Json;

namespace {

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

}  // namespace

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
                    {"Env", texts(spec.process.env)},
                    {"Cmd", texts(options.command)},
                    {"Image", container.image_name},
                    {"ExposedPorts", exposed_json(options)},
                    {"Volumes", volumes},
                    {"WorkingDir", options.workdir.empty() ? "/" : options.workdir},
                    {"Entrypoint", texts(options.entrypoint.value_or(std::vector<std::string>{}))},
                    {"OnBuild", nullptr},
                    {"Labels", table(options.labels)},
                    {"Annotations", table(options.annotations)},
                    {"StopSignal", options.stop_signal.empty() ? "SIGTERM" : options.stop_signal},
                    {"StopTimeout", options.stop_timeout},
                    {"Passwd", true},
                    {"sdNotifyMode", options.sdnotify},
                    {"Timeout", options.timeout},
                    {"CreateCommand", texts(options.create_command)},
                    {"Secrets", secrets_json(options)},
                    {"Umask", options.umask ? fmt::format("{:04o}", *options.umask) : "0022"}});
  add_health(json, options.health);
  json[options.timezone.empty() ? "Timezone()" : "Timezone"] = options.timezone;
  json[is_init(options) ? "SystemdMode" : "SystemdMode()"] = is_init(options);
  if (json.find("Healthcheck") == nullptr) json["Healthcheck()"] = nullptr;
  return json;
}

}  // namespace containers
