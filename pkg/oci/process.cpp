#include "pkg/oci/process.hpp"

#include "pkg/oci/members.hpp"

namespace oci {
namespace {

using base::Json;

std::uint32_t parse_id(const Json& json) {
  return number_of<std::uint32_t>(json);
}

Json id_json(const std::uint32_t& id) {
  return id;
}

User parse_user(const Json& json) {
  User user;
  user.uid = number_or<std::uint32_t>(json, "uid", 0);
  user.gid = number_or<std::uint32_t>(json, "gid", 0);
  user.additional_gids = parse_list(json, "additionalGids", parse_id);
  user.umask = find_number<std::uint32_t>(json, "umask");
  user.name = json.string_or("username", "");
  user.additional_groups = json.strings_or_none("additionalGroups");
  return user;
}

Json user_json(const User& user) {
  Json json = Json::object({{"uid", user.uid}, {"gid", user.gid}});
  put(json, "additionalGids", list_json(user.additional_gids, id_json));
  put_number(json, "umask", user.umask);
  put(json, "username", user.name);
  put(json, "additionalGroups", user.additional_groups);
  return json;
}

Rlimit parse_rlimit(const Json& json) {
  return {json.at("type").as_string(), number_of<std::uint64_t>(json.at("soft")),
          number_of<std::uint64_t>(json.at("hard"))};
}

Json rlimit_json(const Rlimit& limit) {
  return Json::object({{"type", limit.type}, {"hard", limit.hard}, {"soft", limit.soft}});
}

CapabilitySets parse_sets(const Json& json) {
  return {json.strings_or_none("bounding"), json.strings_or_none("effective"),
          json.strings_or_none("permitted"), json.strings_or_none("inheritable"),
          json.strings_or_none("ambient")};
}

Json capabilities_json(const Process& process) {
  Json json = Json::object();
  if (const auto& sets = process.capability_sets) {
    put(json, "bounding", sets->bounding);
    put(json, "effective", sets->effective);
    put(json, "permitted", sets->permitted);
    put(json, "inheritable", sets->inheritable);
    put(json, "ambient", sets->ambient);
    return json;
  }
  for (const char* set : {"bounding", "effective", "permitted"})
    put(json, set, process.capabilities);
  for (const char* set : {"inheritable", "ambient"})
    put(json, set, process.ambient_capabilities);
  return json;
}

std::optional<ConsoleSize> parse_size(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return ConsoleSize{number_of<std::uint32_t>(json.at("height")),
                     number_of<std::uint32_t>(json.at("width"))};
}

Json size_json(const ConsoleSize& size) {
  return Json::object({{"height", size.height}, {"width", size.width}});
}

std::optional<Scheduler> parse_scheduler(const Json& json) {
  if (json.is_null()) return std::nullopt;
  Scheduler scheduler;
  scheduler.policy = json.at("policy").as_string();
  scheduler.nice = number_or<std::int32_t>(json, "nice", 0);
  scheduler.priority = number_or<std::int32_t>(json, "priority", 0);
  scheduler.flags = json.strings_or_none("flags");
  scheduler.runtime = number_or<std::uint64_t>(json, "runtime", 0);
  scheduler.deadline = number_or<std::uint64_t>(json, "deadline", 0);
  scheduler.period = number_or<std::uint64_t>(json, "period", 0);
  return scheduler;
}

Json scheduler_json(const Scheduler& scheduler) {
  Json json = Json::object({{"policy", scheduler.policy}, {"nice", scheduler.nice}});
  json["priority"] = scheduler.priority;
  put(json, "flags", scheduler.flags);
  json["runtime"] = scheduler.runtime;
  json["deadline"] = scheduler.deadline;
  json["period"] = scheduler.period;
  return json;
}

std::optional<IoPriority> parse_io_priority(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return IoPriority{json.at("class").as_string(), number_or<std::int32_t>(json, "priority", 0)};
}

std::optional<CpuAffinity> parse_affinity(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return CpuAffinity{json.string_or("initial", ""), json.string_or("final", "")};
}

void put_schedule(Json& json, const Process& process) {
  if (process.scheduler) json["scheduler"] = scheduler_json(*process.scheduler);
  if (const auto& io = process.io_priority) {
    json["ioPriority"] = Json::object({{"class", io->kind}, {"priority", io->priority}});
  }
  if (const auto& cpus = process.exec_affinity) {
    Json affinity = Json::object();
    put(affinity, "initial", cpus->initial);
    put(affinity, "final", cpus->final);
    json["execCPUAffinity"] = std::move(affinity);
  }
}

}  // namespace

Process Process::parse(const Json& json) {
  Process process;
  process.terminal = json.bool_or("terminal", false);
  process.console_size =
      within("consoleSize", [&] { return parse_size(member(json, "consoleSize")); });
  process.user = within("user", [&] { return parse_user(member(json, "user")); });
  process.args = json.strings_or_none("args");
  process.env = json.strings_or_none("env");
  process.cwd = json.string_or("cwd", "/");
  process.make_cwd = json.bool_or("makeCwd", false);
  const Json& capabilities = member(json, "capabilities");
  process.capabilities = capabilities.strings_or_none("bounding");
  process.ambient_capabilities = capabilities.strings_or_none("ambient");
  process.rlimits = parse_list(json, "rlimits", parse_rlimit);
  process.no_new_privileges = json.bool_or("noNewPrivileges", false);
  process.oom_score_adj = find_number<int>(json, "oomScoreAdj");
  process.apparmor_profile = json.string_or("apparmorProfile", "");
  process.scheduler =
      within("scheduler", [&] { return parse_scheduler(member(json, "scheduler")); });
  process.io_priority =
      within("ioPriority", [&] { return parse_io_priority(member(json, "ioPriority")); });
  process.exec_affinity = parse_affinity(member(json, "execCPUAffinity"));
  return process;
}

Process Process::parse_config(const Json& json) {
  refuse_process(json);
  Process process = parse(json);
  process.is_literal = true;
  process.make_cwd = true;  // as the peers do
  process.user.name.clear();
  process.user.additional_groups.clear();
  process.capability_sets =
      within("capabilities", [&] { return parse_sets(member(json, "capabilities")); });
  if (!process.cwd.starts_with('/')) {
    throw base::Error("cwd \"" + process.cwd + "\": not an absolute path");
  }
  return process;
}

Json Process::json() const {
  Json json = Json::object();
  put(json, "terminal", terminal);
  if (console_size) json["consoleSize"] = size_json(*console_size);
  json["user"] = user_json(user);
  put(json, "args", args);
  put(json, "env", env);
  json["cwd"] = cwd;
  put(json, "makeCwd", make_cwd);
  put(json, "capabilities", capabilities_json(*this));
  put(json, "rlimits", list_json(rlimits, rlimit_json));
  put(json, "noNewPrivileges", no_new_privileges);
  put_number(json, "oomScoreAdj", oom_score_adj);
  put(json, "apparmorProfile", apparmor_profile);
  put_schedule(json, *this);
  return json;
}

}  // namespace oci
