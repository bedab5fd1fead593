#include "pkg/pods/lifecycle.hpp"

#include "network/names.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/containers/inherit.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/containers/supervise.hpp"
#include "pkg/containers/sweep.hpp"
#include "pkg/containers/user_namespace.hpp"
#include "pkg/containers/volumes.hpp"
#include "pkg/events/log.hpp"
#include "pkg/monitor/protocol.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace pods {
namespace {

using containers::Container;

void check(const Options& options) {
  const std::vector<std::string> known = {"ipc", "net", "uts", "pid", "cgroup"};
  for (const std::string& name : options.share) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw base::Error("--share " + name + ": not one of cgroup, ipc, net, pid, uts");
    }
  }
  if (options.exit_policy != "continue" && options.exit_policy != "stop") {
    throw base::Error("--exit-policy " + options.exit_policy + ": neither continue nor stop");
  }
  network::validate(options.network);
  network::validate_hostname(options.hostname);
}

containers::Sandbox sandbox_of(const home::Home& home, const Pod& pod) {
  const Options& options = pod.options;
  const auto shares = [&](const char* name) {
    return std::find(options.share.begin(), options.share.end(), name) != options.share.end();
  };
  containers::Sandbox sandbox;
  sandbox.hostname = options.hostname.empty() ? pod.name : options.hostname;
  sandbox.aliases = {pod.name};
  sandbox.network = options.network;
  sandbox.share_net = shares("net");
  sandbox.share_ipc = shares("ipc");
  sandbox.share_uts = shares("uts");
  sandbox.share_pid = shares("pid");
  sandbox.sysctl = options.sysctl;
  sandbox.volumes = options.volumes;
  sandbox.shm_size = options.shm_size;
  sandbox.resources = options.resources;
  sandbox.cgroup_parent = options.cgroup_parent;
  sandbox.userns = options.userns;
  sandbox.ids = containers::ids_for_pod(home, options.userns);
  return sandbox;
}

// Containers write here whatever user they run as.
void make_volumes(const Options& options, const std::string& folder) {
  for (const Volume& volume : options.volumes) {
    if (volume.memory) continue;
    const std::string path = folder + "/volumes/" + volume.name;
    sys::make_dirs(path, 0755);
    if (::chmod(path.c_str(), 0777) != 0) throw base::SysError(path);
  }
}

void replace(const home::Home& home, const std::string& name) {
  if (const auto former = find(home, name)) {
    if (former->name == name) remove(home, *former, true, std::nullopt);
  }
}

void note(const home::Home& home, const char* what, const Pod& pod) {
  events::note(home, what,
               {.type = "pod", .id = pod.id, .name = pod.name, .attributes = pod.options.labels});
}

struct Stopping {
  const Container* container = nullptr;
  std::int64_t timeout = 0;  // seconds
  sys::Fd answer;
};

// Asks for the end of all at once; the answers come when they have ended.
std::vector<Stopping> request_stops(const home::Home& home, const std::vector<Container>& all,
                                    std::optional<std::int64_t> timeout, bool by_force) {
  std::vector<Stopping> stopping;
  for (const Container& container : all) {
    const containers::Sandbox sandbox = containers::sandbox_of(home, container);
    const std::int64_t seconds = timeout.value_or(container.options.stop_timeout);
    const auto request = base::Json::object(
        {{"do", "stop"}, {"id", container.id}, {"timeout", seconds}, {"force", by_force}});
    if (auto socket = containers::send_request(sandbox, request)) {
      stopping.push_back({&container, seconds, std::move(*socket)});
    }
  }
  return stopping;
}

void stop_all(const home::Home& home, const Pod& pod, std::optional<std::int64_t> timeout,
              bool by_force) try {
  const std::vector<Container> all = members(home, pod);
  for (const Stopping& stopping : request_stops(home, all, timeout, by_force)) {
    const auto packet = monitor::receive(stopping.answer);
    if (packet && packet->json().bool_or("killed", false)) {
      containers::warn_of_kill(*stopping.container, stopping.timeout);
    }
  }
} catch (const base::Error&) {
  if (find(home, pod.id)) throw;  // else somebody else has removed it
}

}  // namespace

Pod create(const home::Home& home, const Options& options) {
  check(options);
  Pod pod;
  pod.id = base::make_id();
  pod.created = base::now();
  pod.options = options;
  if (options.replace && !options.name.empty()) replace(home, options.name);
  network::assign_ports(pod.options.network);
  if (pod.options.inherited) {
    containers::add_volumes_of_others(home, *pod.options.inherited);
    pod.options.inherited->volumes_from.clear();
  }

  containers::StagedFolder folder(home, pod.directory(home), options.name);
  pod.name = pod.options.name = folder.name();
  make_volumes(pod.options, folder.path());
  containers::save_sandbox(folder.path(), sandbox_of(home, pod));
  sys::create_file(folder.path() + "/record.json", pod.json().dump(), 0600);
  folder.publish();
  note(home, "create", pod);
  return pod;
}

void start(const home::Home& home, const Pod& pod, std::optional<containers::Recruit> recruit) {
  if (members(home, pod).empty()) return;
  try {
    containers::ask_or_start(home, containers::load_sandbox(home, pod.id),
                             base::Json::object({{"do", "start-pod"}}), std::move(recruit));
    note(home, "start", pod);
  } catch (base::Error& error) {
    error.during("start pod " + pod.name);
    throw;
  }
}

void stop(const home::Home& home, const Pod& pod, std::optional<std::int64_t> timeout) {
  for (const Container& container : members(home, pod)) {
    if (containers::state_of(home, container).status != containers::Status::Paused) continue;
    throw base::Error("container " + container.name + " is paused: unpause it first");
  }
  stop_all(home, pod, timeout, false);
  note(home, "stop", pod);
}

void pause(const home::Home& home, const Pod& pod) {
  for (const Container& container : members(home, pod)) {
    if (containers::state_of(home, container).status == containers::Status::Running) {
      containers::pause(home, container);
    }
  }
  note(home, "pause", pod);
}

void unpause(const home::Home& home, const Pod& pod) {
  for (const Container& container : members(home, pod)) {
    if (containers::state_of(home, container).status == containers::Status::Paused) {
      containers::unpause(home, container);
    }
  }
  note(home, "unpause", pod);
}

void kill(const home::Home& home, const Pod& pod, int signal) {
  for (const Container& container : members(home, pod)) {
    if (containers::state_of(home, container).is_running()) {
      containers::kill(home, container, signal);
    }
  }
  note(home, "kill", pod);
}

void restart(const home::Home& home, const Pod& pod, std::optional<std::int64_t> timeout) {
  stop(home, pod, timeout);
  start(home, pod);
  note(home, "restart", pod);
}

void throw_away(const home::Home& home, const Pod& pod, bool force,
                std::optional<std::int64_t> timeout) {
  constexpr int kInUse = 2;
  const auto is_running = [&](const Container& container) {
    return containers::state_of(home, container).is_running();
  };
  const std::vector<Container> all = members(home, pod);
  if (!force && std::any_of(all.begin(), all.end(), is_running)) {
    throw base::Error(
        fmt::format("pod {} has running containers: stop it first, or use --force", pod.name),
        kInUse);
  }
  stop_all(home, pod, timeout, true);
  const auto alone = containers::hold_pod(home, pod.id, sys::Lock::Mode::Exclusive);
  if (!alone) return;  // others were faster
  const std::vector<Container> last = members(home, pod);
  if (std::any_of(last.begin(), last.end(), is_running))
    stop_all(home, pod, 0, true);  // started meanwhile
  for (const Container& container : last)
    containers::remove_files(home, container, true);
  storage::move_to_trash(storage::Layout(home), pod.directory(home));
  containers::release_name(home, pod.name, "../pods/" + pod.id);
  sys::remove_tree(pod.runtime_directory(home));
  note(home, "remove", pod);
}

void remove(const home::Home& home, const Pod& pod, bool force,
            std::optional<std::int64_t> timeout) {
  throw_away(home, pod, force, timeout);
  containers::tidy_up(home);
}

}  // namespace pods
