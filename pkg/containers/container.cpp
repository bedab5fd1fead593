#include "pkg/containers/container.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/monitor/protocol.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/lock.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <csignal>

namespace containers {
namespace {

// A name's link leads to ../containers/<id> or ../pods/<id>.
std::optional<std::string> id_of_name(const home::Home& home, const std::string& name) {
  constexpr std::string_view kOurs = "../containers/";
  if (!base::is_name(name)) return std::nullopt;
  const auto target = sys::find_link(home.names() + "/" + name);
  if (!target || !target->starts_with(kOurs)) return std::nullopt;
  return target->substr(kOurs.size());
}

// Folders with a point in their name are still being made.
std::vector<std::string> ids(const home::Home& home) {
  std::vector<std::string> names = sys::list_dir(home.containers());
  std::erase_if(names, [](const std::string& name) { return !base::is_id_prefix(name); });
  return names;
}

std::string path_of_record(const home::Home& home, const std::string& id) {
  return home.containers() + "/" + id + "/record.json";
}

// Nothing: somebody has removed it.
std::optional<base::Json> record_of(const home::Home& home, const std::string& id) {
  const auto text = sys::find_file(path_of_record(home, id));
  if (!text) return std::nullopt;
  return base::Json::parse(*text);
}

// What is damaged does not hide the rest: it is told of, and passed over.
template <typename Step>
void unless_damaged(const std::string& path, const Step& step) try {
  step();
} catch (const base::Error& error) {
  base::log::warn("{}: {}; `pod system check --force` takes it away", path, error.what());
}

}  // namespace

std::string Container::log_path(const home::Home& home) const {
  if (options.log_driver != "k8s-file") return "";
  return options.log_path.empty() ? directory(home) + "/ctr.log" : options.log_path;
}

Container Container::parse(const base::Json& json) {
  Container container;
  container.id = json.at("id").as_string();
  container.name = json.at("name").as_string();
  container.pod = json.string_or("pod", "");
  container.image_id = json.string_or("image_id", "");
  container.image_name = json.string_or("image_name", "");
  container.layers = json.strings_or_none("layers");
  container.created = json.at("created").as_integer();
  container.command = json.strings_or_none("command");
  container.anonymous_volumes = json.strings_or_none("anonymous_volumes");
  container.options = Options::parse(json.at("options"));
  return container;
}

base::Json Container::json() const {
  return base::Json::object({{"id", id},
                             {"name", name},
                             {"pod", pod},
                             {"image_id", image_id},
                             {"image_name", image_name},
                             {"layers", layers},
                             {"created", created},
                             {"command", command},
                             {"anonymous_volumes", anonymous_volumes},
                             {"options", options.json()}});
}

events::Subject subject_of(const Container& container) {
  return {.type = "container",
          .id = container.id,
          .name = container.name,
          .image = container.image_name,
          .pod = container.pod,
          .attributes = container.options.labels};
}

// One that is damaged does not hide the others. It runs as long as somebody looks after it.
State state_of(const home::Home& home, const Container& container) try {
  return monitor::read_state(container.runtime_directory(home), container.directory(home));
} catch (const base::Error& error) {
  const std::string sandbox = container.pod.empty() ? container.runtime_directory(home)
                                                    : home.running_pods() + "/" + container.pod;
  const std::string lock = sandbox + "/" + monitor::kLockName;
  State state;
  state.status = sys::exists(lock) && !sys::Lock::try_take(lock) ? Status::Running : Status::Exited;
  state.exit_code = 128 + SIGKILL;
  state.error = error.what();
  base::log::warn("container {}: {}; taken for {}", container.name, error.what(),
                  status_word(state.status));
  return state;
}

std::optional<Container> find_by_id(const home::Home& home, const std::string& id) {
  try {
    const auto record = record_of(home, id);
    return record ? std::optional(Container::parse(*record)) : std::nullopt;
  } catch (base::Error& error) {
    error.during(path_of_record(home, id));
    throw;
  }
}

bool uses_image(const Container& container, const std::string& image_id) {
  if (image_id.empty()) return false;
  const auto mounts_it = [&](const VolumeMount& mount) {
    return mount.kind == VolumeMount::Kind::Image && mount.source == image_id;
  };
  return container.image_id == image_id || std::ranges::any_of(container.options.mounts, mounts_it);
}

std::vector<std::string> names_of_users(const home::Home& home, const std::string& image_id) {
  std::vector<std::string> names;
  for (const Container& container : list(home))
    if (uses_image(container, image_id)) names.push_back(container.name);
  return names;
}

// Records are put in order, not containers, which are large.
std::vector<Container> list(const home::Home& home) {
  struct Found {
    std::int64_t created;
    std::string id;
    base::Json record;
  };
  std::vector<Found> found;
  for (const std::string& id : ids(home)) {
    unless_damaged(path_of_record(home, id), [&] {
      auto record = record_of(home, id);
      if (record) found.push_back({record->at("created").as_integer(), id, std::move(*record)});
    });
  }
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.created < b.created; });
  std::vector<Container> containers;
  containers.reserve(found.size());
  for (const Found& each : found) {
    unless_damaged(path_of_record(home, each.id),
                   [&] { containers.push_back(Container::parse(each.record)); });
  }
  return containers;
}

std::optional<Container> find(const home::Home& home, const std::string& name_or_id) {
  if (const auto id = id_of_name(home, name_or_id)) {
    // One that is being renamed has two links; the record decides.
    auto container = find_by_id(home, *id);
    if (container && container->name == name_or_id) return container;
  }
  if (!base::is_id_prefix(name_or_id)) return std::nullopt;
  if (name_or_id.size() == 64) return find_by_id(home, name_or_id);
  std::vector<std::string> matches = ids(home);
  std::erase_if(matches, [&](const std::string& id) { return !id.starts_with(name_or_id); });
  if (matches.size() > 1) {
    throw base::Error(fmt::format("more than one result for container name or ID {}", name_or_id));
  }
  return matches.empty() ? std::nullopt : find_by_id(home, matches.front());
}

Container get(const home::Home& home, const std::string& name_or_id) {
  if (auto container = find(home, name_or_id)) return *container;
  throw base::Error(
      fmt::format("no container with name or ID \"{}\" found: no such container", name_or_id));
}

std::optional<Container> latest(const home::Home& home) {
  std::vector<Container> containers = list(home);
  if (containers.empty()) return std::nullopt;
  return std::move(containers.back());
}

}  // namespace containers
