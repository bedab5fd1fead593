#include "cmd/pod/selection.hpp"

#include "pkg/base/text.hpp"
#include "pkg/containers/report.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <optional>

namespace pod {
namespace {

int gravity(int status) {
  if (status == 0) return 0;
  if (status == 1) return 1;
  return status == 2 ? 2 : 3;
}

// What is named, or all, or the newest: each would make the others pointless.
void expect_one_way(bool is_named, bool all, bool latest) {
  if (all && latest) throw base::Error("--all cannot be used with --latest");
  if (is_named && (all || latest)) {
    throw base::Error(fmt::format("{} cannot be used with names", all ? "--all" : "--latest"));
  }
}

}  // namespace

void Outcome::fail(base::Error& error) {
  error.during(command_);
  std::fflush(stdout);
  fmt::print(stderr, "pod: {}\n", error.what());
  add(error.status());
}

void Outcome::add(int status) {
  if (gravity(status) > gravity(status_)) status_ = status;
}

std::vector<std::string> read_id_files(const std::vector<std::string>& paths) {
  std::vector<std::string> ids;
  for (const std::string& path : paths)
    ids.emplace_back(base::trim(sys::read_file(path)));
  return ids;
}

std::vector<ContainerSelection::Chosen> ContainerSelection::choose(const home::Home& home,
                                                                   Outcome& outcome) const {
  expect_one_way(!names.empty() || !cid_files.empty(), all, latest);
  std::vector<std::string> wanted = names;
  for (const std::string& path : cid_files) {
    if (ignore && !sys::exists(path)) continue;
    outcome.attempt([&] { wanted.push_back(read_id_files({path}).front()); });
  }
  if (wanted.empty() && !all && !latest && filters.empty()) {
    if (!cid_files.empty()) return {};
    throw base::Error("name a container, or use --all or --latest");
  }
  std::vector<Chosen> chosen;
  for (const std::string& name : wanted) {
    outcome.attempt([&] {
      std::optional<containers::Container> found = containers::find(home, name);
      if (found) chosen.push_back({name, std::move(*found)});
      if (!found && !ignore) {
        throw base::Error(
            fmt::format("no container with name or ID \"{}\" found: no such container", name),
            missing_status);
      }
    });
  }
  if (latest) {
    std::optional<containers::Container> newest = containers::latest(home);
    if (!newest) throw base::Error("there is no container", missing_status);
    const std::string id = newest->id;
    chosen.push_back({id, std::move(*newest)});
  }
  if (all || !filters.empty()) {
    for (containers::Container& each : containers::select(home, filters, running_only)) {
      const std::string id = each.id;
      chosen.push_back({id, std::move(each)});
    }
  }
  return chosen;
}

std::vector<PodSelection::Chosen> PodSelection::choose(const home::Home& home,
                                                       Outcome& outcome) const {
  expect_one_way(!names.empty() || !id_files.empty(), all, latest);
  std::vector<std::string> wanted = names;
  for (const std::string& id : read_id_files(id_files))
    wanted.push_back(id);
  if (wanted.empty() && !all && !latest) {
    throw base::Error("name a pod, or use --all or --latest");
  }
  std::vector<Chosen> chosen;
  for (const std::string& name : wanted) {
    outcome.attempt([&] {
      std::optional<pods::Pod> found = pods::find(home, name);
      if (found) chosen.push_back({name, std::move(*found)});
      if (!found && !ignore) {
        throw base::Error(fmt::format("no pod with name or ID \"{}\" found: no such pod", name),
                          missing_status);
      }
    });
  }
  if (latest) {
    std::optional<pods::Pod> newest = pods::latest(home);
    if (!newest) throw base::Error("there is no pod", missing_status);
    const std::string id = newest->id;
    chosen.push_back({id, std::move(*newest)});
  }
  if (all) {
    for (pods::Pod& each : pods::list(home)) {
      const std::string id = each.id;
      chosen.push_back({id, std::move(each)});
    }
  }
  return chosen;
}

containers::Container one_container(const home::Home& home, const std::string& name, bool latest) {
  if (!latest) return containers::get(home, name);
  std::optional<containers::Container> newest = containers::latest(home);
  if (!newest) throw base::Error("there is no container");
  return std::move(*newest);
}

}  // namespace pod
