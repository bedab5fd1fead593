#include "pkg/bundle/store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/cgroup/processes.hpp"
#include "pkg/home/home.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
#include <cctype>

namespace bundle {
namespace {

using base::Json;

constexpr std::size_t kLongestId = 1024;

base::Error no_such(const std::string& id) {
  return base::Error("container " + id + ": does not exist", 1);
}

Container parse(const std::string& folder, const Json& json) {
  Container container;
  container.folder = folder;
  container.id = json.at("id").as_string();
  container.bundle = json.string_or("bundle", "");
  container.rootfs = json.string_or("rootfs", "");
  container.owner = json.string_or("owner", "");
  container.created = json.integer_or("created", 0);
  container.process = {static_cast<pid_t>(json.integer_or("pid", 0)),
                       static_cast<std::uint64_t>(json.integer_or("startTime", 0))};
  container.cgroup = json.string_or("cgroup", "");
  container.cgroup_top = json.string_or("cgroupTop", "");
  return container;
}

}  // namespace

std::string status_word(Status status) {
  switch (status) {
    case Status::Creating:
      return "creating";
    case Status::Created:
      return "created";
    case Status::Running:
      return "running";
    case Status::Paused:
      return "paused";
    case Status::Stopped:
      return "stopped";
  }
  return "stopped";
}

oci::Spec Container::spec() const {
  return oci::Spec::parse_config(Json::parse(sys::read_file(config())));
}

void Container::save() const {
  const Json json = Json::object({{"id", id},
                                  {"bundle", bundle},
                                  {"rootfs", rootfs},
                                  {"owner", owner},
                                  {"created", created},
                                  {"pid", static_cast<std::int64_t>(process.pid)},
                                  {"startTime", process.start_time},
                                  {"cgroup", cgroup},
                                  {"cgroupTop", cgroup_top}});
  sys::replace_file(folder + "/state.json", json.dump(2) + "\n", 0600);
}

Status status_of(const Container& container) {
  if (container.process.pid == 0) return Status::Creating;
  if (!sys::is_alive(container.process)) return Status::Stopped;
  if (sys::exists(container.gate())) return Status::Created;
  return cgroup::is_frozen(container.cgroup) ? Status::Paused : Status::Running;
}

Json state_json(const Container& container, const oci::Spec& spec, Status status, pid_t pid) {
  Json json = Json::object(
      {{"ociVersion", spec.version}, {"id", container.id}, {"status", status_word(status)}});
  if (pid > 0) json["pid"] = static_cast<std::int64_t>(pid);
  json["bundle"] = container.bundle;
  if (spec.annotations.empty()) return json;
  Json annotations = Json::object();
  for (const auto& [key, value] : spec.annotations)
    annotations[key] = value;
  json["annotations"] = std::move(annotations);
  return json;
}

void check_id(const std::string& id) {
  const auto is_fine = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '+' || c == '-' ||
           c == '.';
  };
  if (id.empty() || id.size() > kLongestId || id.front() == '.' ||
      !std::all_of(id.begin(), id.end(), is_fine)) {
    throw base::Error(
        "container id \"" + id + "\": expected letters, digits, _, +, - and ., no . in front", 1);
  }
}

Claim::Claim(const std::string& root, const std::string& id) : folder_(root + "/" + id) {
  sys::make_dirs(root, 0700);
  if (!sys::make_dir(folder_, 0700)) {
    is_kept_ = true;
    throw base::Error("container " + id + ": there is one with that id already", 1);
  }
}

Claim::~Claim() {
  if (is_kept_) return;
  try {
    sys::remove_tree(folder_);
  } catch (const base::Error& error) {
    base::log::warn("{}", error.what());
  }
}

std::string default_root() {
  return home::open_runtime() + "/runtime";
}

Container load(const std::string& root, const std::string& id) {
  check_id(id);
  const std::string folder = root + "/" + id;
  const auto text = sys::find_file(folder + "/state.json");
  if (text) return parse(folder, Json::parse(*text));
  if (!sys::exists(folder)) throw no_such(id);
  Container container;  // somebody is making it, or has died on the way
  container.id = id;
  container.folder = folder;
  return container;
}

std::vector<Container> load_all(const std::string& root) {
  std::vector<Container> all;
  for (const std::string& id : sys::list_dir(root)) {
    if (id.starts_with('.')) continue;
    try {
      all.push_back(load(root, id));
    } catch (const base::Error& error) {
      base::log::debug("{}", error.what());  // it has gone meanwhile
    }
  }
  return all;
}

sys::Lock lock(const Container& container) {
  return sys::Lock::take(container.folder);
}

}  // namespace bundle
