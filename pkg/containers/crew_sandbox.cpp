// What the containers of a sandbox share: made with the first of them, gone with the last.
#include "network/names.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/crew.hpp"
#include "pkg/containers/spec.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/mount.hpp"
#include "pkg/sys/namespaces.hpp"

#include <fmt/core.h>

#include <csignal>

#include <linux/mount.h>
#include <sys/wait.h>

namespace containers {
namespace {

// "container:ID" -> /proc/PID/ns/KIND of that container's first process; "ns:PATH" -> PATH.
std::string namespace_path(const home::Home& home, const oci::Namespace& ns) {
  if (ns.path.starts_with("ns:")) return ns.path.substr(3);
  const Container other = get(home, ns.path.substr(10));
  const State state = state_of(home, other);
  if (!state.is_running()) throw base::Error("container " + other.name + ": it does not run");
  const std::string kind = ns.type == "network" ? "net" : ns.type == "mount" ? "mnt" : ns.type;
  return fmt::format("/proc/{}/ns/{}", state.process.pid, kind);
}

}  // namespace

// Made with the first container: namespaces first, since the network's helper takes longest to get
// ready and does so while the rest goes on.
void Crew::prepare() {
  if (is_prepared_) return;
  sys::make_dirs(sandbox_.runtime_directory, 0700);
  make_namespaces();
  std::string address;
  if (sandbox_.share_net && namespaces_.net) {
    connection_ = network::connect(sandbox_.network, namespaces_.user, namespaces_.net,
                                   sandbox_.runtime_directory);
    if (connection_) address = connection_->address();
  }
  network::write_names(sandbox_.directory, sandbox_.network,
                       {sandbox_.hostname, sandbox_.aliases, address});
  mount_shared();
  is_prepared_ = true;
}

void Crew::make_namespaces() {
  runtime::NamespacesWanted wanted;
  wanted.net = sandbox_.share_net && network::needs_namespace(sandbox_.network);
  wanted.ipc = sandbox_.share_ipc;
  wanted.uts = sandbox_.share_uts && !(sandbox_.is_pod && sandbox_.network.mode == "host");
  wanted.pid = sandbox_.share_pid;
  wanted.hostname = sandbox_.hostname;
  wanted.sysctl = sandbox_.sysctl;
  wanted.ids = sandbox_.ids;
  if (!sandbox_.namespaces_of.empty()) wanted.user = user_namespace_of(sandbox_.namespaces_of);
  namespaces_ = runtime::make_namespaces(wanted, mapping_);
}

// A user namespace has no power over the namespaces of its sibling, so whoever joins a container's
// network or IPC lives in that container's user namespace.
sys::Fd Crew::user_namespace_of(const std::string& id) const {
  const Container other = get(home_, id);
  const State state = state_of(home_, other);
  if (!state.is_running()) throw base::Error("container " + other.name + ": it does not run");
  return sys::open_namespace(state.process.pid, "user");
}

// Shared memory and the pod's volumes in memory: made once, copied into each container. Detached
// mounts can be copied only by newer kernels, so these get a place in our own mount namespace, all
// the same one: each is reached by its descriptor.
void Crew::mount_shared() {
  const std::string place = home_.runtime + "/mounts";
  sys::make_dirs(place, 0700);
  const auto mount = [&](const std::string& name, std::int64_t size) {
    std::vector<sys::MountParameter> parameters = {{"source", name}, {"mode", "1777"}};
    if (size > 0) parameters.push_back({"size", std::to_string(size)});
    if (const auto root = userns::outside_of(sandbox_.ids.uids, 0); root.value_or(0) != 0) {
      parameters.push_back({"uid", std::to_string(*root)});
    }
    sys::Fd made = sys::make_mount("tmpfs", parameters, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    sys::move_mount(made, place);
    shared_.emplace(name, std::move(made));
  };
  if (sandbox_.share_ipc) mount(kSharedMemory, sandbox_.shm_size);
  for (const PodVolume& volume : sandbox_.volumes) {
    if (volume.memory) mount(kVolumePrefix + volume.name, volume.size_limit);
  }
}

std::vector<runtime::Prepared> Crew::prepared_mounts() const {
  std::vector<runtime::Prepared> prepared;
  for (const auto& [name, mount] : shared_)
    prepared.push_back({name, mount.duplicate()});
  return prepared;
}

void Crew::resolve_joined(oci::Spec& spec) const {
  for (oci::Namespace& ns : spec.namespaces) {
    if (ns.path.starts_with("ns:") || ns.path.starts_with("container:")) {
      ns.path = namespace_path(home_, ns);
    }
  }
}

void Crew::rest() {
  connection_.reset();
  if (namespaces_.pid_holder > 0) {
    ::kill(namespaces_.pid_holder, SIGKILL);
    ::waitpid(namespaces_.pid_holder, nullptr, 0);
  }
  namespaces_ = {};
  shared_.clear();
  is_connected_ = false;
  is_prepared_ = false;
}

}  // namespace containers
