#include "pkg/oci/hooks.hpp"

#include "pkg/oci/members.hpp"

namespace oci {
namespace {

using base::Json;

Hook parse_hook(const Json& json) {
  Hook hook;
  hook.path = json.at("path").as_string();
  if (!hook.path.starts_with('/')) throw base::Error("path " + hook.path + ": not absolute");
  hook.args = json.strings_or_none("args");
  if (!member(json, "env").is_null()) hook.env = json.strings_or_none("env");
  hook.timeout = find_number<std::int64_t>(json, "timeout");
  if (hook.timeout && *hook.timeout <= 0) {
    throw base::Error("timeout " + std::to_string(*hook.timeout) + ": expected more than zero");
  }
  return hook;
}

Json hook_json(const Hook& hook) {
  Json json = Json::object({{"path", hook.path}});
  put(json, "args", hook.args);
  if (hook.env) json["env"] = *hook.env;
  put_number(json, "timeout", hook.timeout);
  return json;
}

}  // namespace

Hooks Hooks::parse(const Json& json) {
  Hooks hooks;
  hooks.prestart = parse_list(json, "prestart", parse_hook);
  hooks.create_runtime = parse_list(json, "createRuntime", parse_hook);
  hooks.create_container = parse_list(json, "createContainer", parse_hook);
  hooks.start_container = parse_list(json, "startContainer", parse_hook);
  hooks.poststart = parse_list(json, "poststart", parse_hook);
  hooks.poststop = parse_list(json, "poststop", parse_hook);
  return hooks;
}

Json Hooks::json() const {
  Json json = Json::object();
  put(json, "prestart", list_json(prestart, hook_json));
  put(json, "createRuntime", list_json(create_runtime, hook_json));
  put(json, "createContainer", list_json(create_container, hook_json));
  put(json, "startContainer", list_json(start_container, hook_json));
  put(json, "poststart", list_json(poststart, hook_json));
  put(json, "poststop", list_json(poststop, hook_json));
  return json;
}

}  // namespace oci
