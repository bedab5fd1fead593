#include "cmd/pod/ps_rows.hpp"

#include "cmd/pod/listing.hpp"
#include "pkg/base/size.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/health.hpp"
#include "pkg/containers/namespaces.hpp"
#include "pkg/pods/pod.hpp"
#include "storage/all_images.hpp"
#include "storage/rootfs.hpp"

#include <fmt/core.h>

#include <array>
#include <map>

namespace pod {
namespace {

using base::Json;
using containers::Container;

Json labels_of(const std::map<std::string, std::string>& labels) {
  Json object = Json::object();
  for (const auto& [key, value] : labels)
    object[key] = value;
  return object;
}

Json ports_json(const std::vector<network::PortMapping>& ports) {
  Json array;
  for (const network::PortMapping& port : ports) {
    array.push_back(Json::object({{"host_ip", port.host_ip},
                                  {"container_port", std::int64_t{port.container_port}},
                                  {"host_port", std::int64_t{port.host_port}},
                                  {"range", std::int64_t{port.range}},
                                  {"protocol", port.protocol}}));
  }
  return array;
}

Json mounts_json(const Container& container) {
  Json array = Json::array();
  for (const containers::VolumeMount& mount : container.options.mounts)
    array.push_back(mount.target);
  return array;
}

std::string command_text(const std::vector<std::string>& command, bool whole) {
  constexpr std::size_t kMost = 20;
  const std::string text = base::join(command, " ");
  return whole || text.size() <= kMost ? text : text.substr(0, kMost - 3) + "...";
}

// Sizes are those of the images, looked up once each.
class Sizes {
 public:
  explicit Sizes(const home::Home& home) : home_(home), images_(home) {}

  void add(Json& row, const Container& container) {
    const std::int64_t written = storage::rootfs_size(home_, container.id);
    const auto [at, is_new] = of_images_.try_emplace(container.image_id, 0);
    if (is_new && !container.image_id.empty()) {
      const std::optional<storage::Image> image = images_.find(container.image_id);
      if (image) at->second = image->size;
    }
    const std::int64_t whole = at->second + written;
    row["Size"] = Json::object({{"rootFsSize", whole}, {"rwSize", written}});
    row["SizeRw()"] = written;
    row["Size()"] = fmt::format("{} (virtual {})", tight_size(written), tight_size(whole));
  }

 private:
  const home::Home& home_;
  storage::AllImages images_;
  std::map<std::string, std::int64_t> of_images_;
};

// The names and ports of pods, looked up once each.
class Pods {
 public:
  explicit Pods(const home::Home& home) : home_(home) {}

  const pods::Pod* find(const std::string& id) {
    if (id.empty()) return nullptr;
    const auto [at, is_new] = known_.try_emplace(id);
    if (is_new) at->second = pods::find(home_, id);
    return at->second ? &*at->second : nullptr;
  }

 private:
  const home::Home& home_;
  std::map<std::string, std::optional<pods::Pod>> known_;
};

// In the words of podman's JSON, and of its templates.
void add_namespaces(Json& row, const containers::State& state) {
  constexpr std::array<std::array<const char*, 4>, 7> kNames = {
      {{"mnt", "Mnt", "MNT()", "MNT()"},
       {"cgroup", "Cgroup", "CGROUPNS()", "Cgroup()"},
       {"ipc", "IPC", "IPC()", "IPC()"},
       {"net", "NET", "NET()", "NET()"},
       {"pid", "PIDNS", "PIDNS()", "PIDNS()"},
       {"uts", "UTS", "UTS()", "UTS()"},
       {"user", "User", "USERNS()", "USERNS()"}}};
  const std::map<std::string, std::string> found = containers::namespaces_of(state);
  Json object = Json::object();
  for (const auto& [kind, member, method, other] : kNames) {
    const auto at = found.find(kind);
    const std::string text = at == found.end() ? "" : at->second;
    if (!text.empty()) object[member] = text;
    row[method] = text;
    object[method] = text;
    object[other] = text;
  }
  row["Namespaces"] = std::move(object);
}

void add_methods(Json& row, const Container& container, const containers::State& state,
                 const PsShape& shape) {
  const auto set = [&](const char* name, Json value) { row.add(name, std::move(value)); };
  set("ID()", short_unless(shape.whole, container.id));
  set("ImageID()", short_unless(shape.whole, container.image_id));
  set("Names()", container.name);
  set("Name()", container.name);
  set("Command()", command_text(container.command, shape.whole));
  set("RunningFor()", ago(container.created));
  set("CreatedHuman()", ago(container.created));
  const Json created = Json::object({{"time()", base::rfc3339(container.created)}});
  set("Created()", created);
  set("CreatedAt()", created);
  set("Status()", row.at("Status"));
  set("State()", containers::status_word(state.status));
  set("Pod()", short_unless(shape.whole, container.pod));
  set("Label()", labels_of(container.options.labels));
  set("Networks()", container.options.network.mode);
  set("Restarts()", state.restarts);
  set("CIDFile()", container.options.cid_file);
  set("SizeRw()", 0);
  set("Size()", "");
  for (const char* name :
       {"CGROUPNS()", "Cgroup()", "IPC()", "MNT()", "NET()", "PIDNS()", "USERNS()", "UTS()"})
    set(name, "");  // filled with --namespace
}

Json row_of(const Container& container, const containers::State& state, const std::string& status) {
  const bool has_exited = state.status == containers::Status::Exited;
  Json row = Json::object();
  row.add("AutoRemove", container.options.remove);
  row.add("Command", Json(container.command));
  row.add("CreatedAt", ago(container.created));
  row.add("Exited", has_exited);
  row.add("ExitedAt", unix_seconds(state.finished));
  row.add("ExitCode", state.exit_code);
  row.add("Id", container.id);
  row.add("Image", container.image_name);
  row.add("ImageID", container.image_id);
  row.add("IsInfra", false);
  row.add("Labels",
          container.options.labels.empty() ? Json() : labels_of(container.options.labels));
  row.add("Mounts", mounts_json(container));
  row.add("Names", Json(std::vector{container.name}));
  row.add("Namespaces", Json::object());
  row.add("Networks", Json::array());
  row.add("Pid", static_cast<std::int64_t>(state.is_running() ? state.process.pid : 0));
  row.add("Pod", container.pod);
  row.add("PodName", "");
  row.add("Ports", Json());
  row.add("Restarts", state.restarts);
  row.add("Size", Json());
  row.add("StartedAt", unix_seconds(state.started));
  row.add("State", containers::status_word(state.status));
  row.add("Status", status);
  row.add("Created", unix_seconds(container.created));
  return row;
}

// "Up 3 minutes (healthy)".
std::string status_of(const home::Home& home, const Container& container,
                      const containers::State& state) {
  const auto health = containers::health_of(home, container, state);
  return status_text(state) + (health ? " (" + health->status + ")" : "");
}

}  // namespace

base::Json::Array ps_rows(const home::Home& home, const std::vector<Container>& all,
                          const PsShape& shape) {
  Json::Array rows;
  Sizes sizes(home);
  Pods pods(home);
  for (const Container& container : all) {
    const containers::State state = containers::state_of(home, container);
    Json row = row_of(container, state, status_of(home, container, state));
    add_methods(row, container, state, shape);
    const pods::Pod* pod = pods.find(container.pod);
    const std::vector<network::PortMapping>& ports =
        pod != nullptr ? pod->options.network.ports : container.options.network.ports;
    if (pod != nullptr) row["PodName"] = pod->name;
    row["Ports"] = ports_json(ports);
    row["Ports()"] = ports_text(ports);
    if (shape.size) sizes.add(row, container);
    if (shape.namespaces) add_namespaces(row, state);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace pod
