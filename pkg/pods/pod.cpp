#include "pkg/pods/pod.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/containers/table.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace pods {
namespace {

using base::Json;

std::vector<std::string> ids(const home::Home& home) {
  std::vector<std::string> names = sys::list_dir(home.pods());
  std::erase_if(names, [](const std::string& name) { return !base::is_id_prefix(name); });
  return names;
}

std::optional<Pod> find_by_id(const home::Home& home, const std::string& id) {
  const std::string path = home.pods() + "/" + id + "/record.json";
  const auto text = sys::find_file(path);
  if (!text) return std::nullopt;
  try {
    return Pod::parse(Json::parse(*text));
  } catch (base::Error& error) {
    error.during(path);
    throw;
  }
}

std::optional<std::string> id_of_name(const home::Home& home, const std::string& name) {
  constexpr std::string_view kOurs = "../pods/";
  if (!base::is_name(name)) return std::nullopt;
  const auto target = sys::find_link(home.names() + "/" + name);
  if (!target || !target->starts_with(kOurs)) return std::nullopt;
  return target->substr(kOurs.size());
}

}  // namespace

Options Options::parse(const Json& json) {
  Options options;
  options.name = json.string_or("name", "");
  options.labels = containers::table_of(json, "labels");
  options.annotations = containers::table_of(json, "annotations");
  options.hostname = json.string_or("hostname", "");
  options.network = network::Config::parse(json.at("network"));
  options.share = json.strings_or_none("share");
  options.sysctl = containers::table_of(json, "sysctl");
  for (const Json& volume : json.array_or_none("volumes")) {
    options.volumes.push_back({volume.at("name").as_string(), volume.bool_or("memory", false),
                               volume.integer_or("size_limit", 0)});
  }
  options.shm_size = json.integer_or("shm_size", 0);
  if (const Json* resources = json.find("resources")) {
    options.resources = oci::Resources::parse(*resources);
  }
  if (const Json* inherited = json.find("inherited")) {
    options.inherited = containers::Options::parse(*inherited);
  }
  options.userns = json.string_or("userns", "");
  options.cgroup_parent = json.string_or("cgroup_parent", "");
  options.exit_policy = json.string_or("exit_policy", "continue");
  options.create_command = json.strings_or_none("create_command");
  options.digest = json.string_or("digest", "");
  return options;
}

Json Options::json() const {
  Json json = Json::object({{"name", name},
                            {"labels", containers::table(labels)},
                            {"annotations", containers::table(annotations)},
                            {"hostname", hostname},
                            {"network", network.json()},
                            {"share", share},
                            {"sysctl", containers::table(sysctl)},
                            {"volumes", Json::array()},
                            {"shm_size", shm_size},
                            {"userns", userns},
                            {"cgroup_parent", cgroup_parent},
                            {"exit_policy", exit_policy},
                            {"create_command", create_command},
                            {"digest", digest}});
  for (const Volume& volume : volumes) {
    json["volumes"].push_back(Json::object(
        {{"name", volume.name}, {"memory", volume.memory}, {"size_limit", volume.size_limit}}));
  }
  if (!resources.empty()) json["resources"] = resources.json();
  if (inherited) json["inherited"] = inherited->json();
  return json;
}

Pod Pod::parse(const Json& json) {
  Pod pod;
  pod.id = json.at("id").as_string();
  pod.name = json.at("name").as_string();
  pod.created = json.at("created").as_integer();
  pod.options = Options::parse(json.at("options"));
  return pod;
}

Json Pod::json() const {
  return Json::object(
      {{"id", id}, {"name", name}, {"created", created}, {"options", options.json()}});
}

std::vector<containers::Container> members(const home::Home& home, const Pod& pod) {
  return containers::members(home, pod.id);
}

std::string status_of(const home::Home& home, const Pod& pod) {
  std::map<containers::Status, std::size_t> count;
  std::size_t main = 0;
  std::size_t living = 0;
  for (const containers::Container& container : members(home, pod)) {
    if (container.options.role != containers::Options::Role::Main) continue;
    const containers::State state = containers::state_of(home, container);
    ++main;
    ++count[state.status];
    living += state.is_running() ? 1 : 0;
  }
  if (count[containers::Status::Created] == main) return "Created";
  if (count[containers::Status::Paused] == main) return "Paused";
  if (living - count[containers::Status::Paused] == main) return "Running";
  return living > 0 ? "Degraded" : "Exited";
}

std::vector<Pod> list(const home::Home& home) {
  std::vector<Pod> pods;
  for (const std::string& id : ids(home)) {
    try {
      if (auto pod = find_by_id(home, id)) pods.push_back(std::move(*pod));
    } catch (const base::Error& error) {
      base::log::warn("{}", error.what());
    }
  }
  std::sort(pods.begin(), pods.end(),
            [](const Pod& a, const Pod& b) { return a.created < b.created; });
  return pods;
}

std::optional<Pod> find(const home::Home& home, const std::string& name_or_id) {
  if (const auto id = id_of_name(home, name_or_id)) {
    if (auto pod = find_by_id(home, *id)) return pod;
  }
  if (!base::is_id_prefix(name_or_id)) return std::nullopt;
  std::vector<std::string> matches = ids(home);
  std::erase_if(matches, [&](const std::string& id) { return !id.starts_with(name_or_id); });
  if (matches.size() > 1) {
    throw base::Error(fmt::format("more than one result for pod name or ID {}", name_or_id));
  }
  return matches.empty() ? std::nullopt : find_by_id(home, matches.front());
}

Pod get(const home::Home& home, const std::string& name_or_id) {
  if (auto pod = find(home, name_or_id)) return *pod;
  throw base::Error(fmt::format("no pod with name or ID \"{}\" found: no such pod", name_or_id));
}

std::optional<Pod> latest(const home::Home& home) {
  std::vector<Pod> pods = list(home);
  if (pods.empty()) return std::nullopt;
  return std::move(pods.back());
}

}  // namespace pods
