#include "pkg/containers/crew.hpp"

#include "network/names.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/health.hpp"
#include "pkg/containers/own_mounts.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/containers/secrets.hpp"
#include "pkg/containers/service.hpp"
#include "pkg/containers/spec.hpp"
#include "pkg/containers/user_entry.hpp"
#include "pkg/containers/user_namespace.hpp"
#include "pkg/containers/volumes.hpp"
#include "pkg/events/log.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/seccomp/compile.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"
#include "pkg/sys/namespaces.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/sys/tty.hpp"
#include "storage/rootfs.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

#include <algorithm>

#include <fcntl.h>
#include <linux/mount.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace containers {
namespace {

sys::Fd mount_root(const home::Home& home, const Container& container) {
  const Options& options = container.options;
  if (!options.rootfs.empty()) return mount_folder_root(home, container);
  storage::RootfsMount what;
  what.container_id = container.id;
  what.layers = container.layers;
  what.ephemeral = options.remove;
  what.ids = ids_of(options);
  return storage::mount_rootfs(home, what);
}

seccomp::Program filter_of(const home::Home& home, const oci::Spec& spec) {
  const sys::CapabilitySet capabilities = sys::capability_set(spec.process.capabilities);
  if (spec.seccomp == "unconfined") return {};
  if (spec.seccomp.empty()) return seccomp::default_program(home, capabilities);
  return seccomp::compile_profile(home, spec.seccomp, capabilities);
}

// The words of podman's templates that a tag may have in it.
std::string tag_of(const Container& container) {
  std::string tag = container.options.log_tag;
  const std::pair<std::string, std::string> words[] = {
      {"{{.ID}}", base::short_id(container.id)},
      {"{{.FullID}}", container.id},
      {"{{.Name}}", container.name},
      {"{{.ImageName}}", container.image_name},
      {"{{.ImageID}}", base::short_id(container.image_id)},
      {"{{.ImageFullID}}", container.image_id}};
  for (const auto& [word, text] : words) {
    for (std::size_t at = tag.find(word); at != std::string::npos; at = tag.find(word, at)) {
      tag.replace(at, word.size(), text);
      at += text.size();
    }
  }
  return tag;
}

monitor::JournalFields journal_fields_of(const Container& container) {
  return {.id = container.id, .name = container.name, .tag = tag_of(container)};
}

// "container:ID" -> /proc/PID/ns/KIND of that container's first process; "ns:PATH" -> PATH.
std::string namespace_path(const home::Home& home, const oci::Namespace& ns) {
  if (ns.path.starts_with("ns:")) return ns.path.substr(3);
  const Container other = get(home, ns.path.substr(10));
  const State state = state_of(home, other);
  if (!state.is_running()) throw base::Error("container " + other.name + ": it does not run");
  const std::string kind = ns.type == "network" ? "net" : ns.type == "mount" ? "mnt" : ns.type;
  return fmt::format("/proc/{}/ns/{}", state.process.pid, kind);
}

// --rmi; whoever uses it, too, has it.
void remove_image(const home::Home& home, const Container& container) {
  constexpr int kInUse = 2;
  const auto users = [&] { return names_of_users(home, container.image_id); };
  try {
    images::remove(home, container.image_name, false, users);
  } catch (const base::Error& error) {
    if (error.status() != kInUse) base::log::warn("{}", error.what());
  }
}

}  // namespace

Crew::Crew(const home::Home& home, const std::string& id, bool is_pod, userns::Mapping mapping)
    : home_(home),
      sandbox_(is_pod ? load_sandbox(home, id) : sandbox_of(home, container(id))),
      mapping_(std::move(mapping)),
      cgroups_(sandbox_, home.uid) {}

Crew::~Crew() {
  rest();
}

const Container& Crew::container(const std::string& id) {
  const auto known = containers_.find(id);
  return known != containers_.end() ? known->second : reread(id);
}

const Container& Crew::reread(const std::string& id) {
  std::optional<Container> found = find_by_id(home_, id);
  if (!found)
    throw base::Error("container " + base::short_id(id) +
                      " was removed before it could be started");
  return containers_[id] = std::move(*found);
}

monitor::Member Crew::member(const std::string& id) {
  const Container& container = reread(id);
  const Options& options = container.options;
  sys::make_dirs(container.runtime_directory(home_), 0700);
  monitor::Member member;
  member.id = id;
  member.name = container.name;
  member.runtime_directory = container.runtime_directory(home_);
  if (!options.remove) member.directory = container.directory(home_);
  member.log_path = container.log_path(home_);
  member.log_size_max = options.log_size_max;
  if (options.log_driver == "journald") member.journal = journal_fields_of(container);
  member.passthrough = is_passed_through(options);
  member.terminal = options.terminal;
  member.interactive = options.interactive;
  member.remove = options.remove || options.role == Options::Role::InitOnce;
  member.is_init = options.role != Options::Role::Main;
  member.restart = options.restart;
  // One that has succeeded is done, whatever the pod's policy.
  if (member.is_init && options.restart.when != RestartPolicy::When::No) {
    member.restart = {RestartPolicy::When::OnFailure, options.restart.most};
  }
  member.stop_signal =
      options.stop_signal.empty() ? SIGTERM : sys::signal_number(options.stop_signal);
  member.stop_timeout = options.stop_timeout;
  member.timeout = options.timeout;
  member.health = options.health;
  member.service = service_of(options);
  member.is_ready = options.sdnotify == "conmon"    ? monitor::Notifier::When::Started
                    : options.sdnotify == "healthy" ? monitor::Notifier::When::Healthy
                                                    : monitor::Notifier::When::Said;
  return member;
}

std::vector<std::string> Crew::members() {
  std::vector<Container> all = containers::members(home_, sandbox_.id);
  std::stable_partition(all.begin(), all.end(), [](const Container& container) {
    return container.options.role != Options::Role::Main;
  });
  std::vector<std::string> ids;
  for (const Container& container : all)
    ids.push_back(container.id);
  return ids;
}

runtime::Launched Crew::launch(const std::string& id, const monitor::Streams& streams) {
  const Container& container = this->container(id);
  try {
    oci::Spec spec = load_spec(home_, container);
    const std::vector<cgroup::Setting> limits = cgroup::settings_of(spec.resources);
    cgroups_.prepare(limits);  // first: what is started from here on goes where we go
    prepare();
    resolve_joined(spec);
    roots_.erase(id);
    const sys::Fd& root = roots_.emplace(id, mount_root(home_, container)).first->second;
    prepare_volumes(home_, container, root, spec.process.user);
    add_user_entries(home_, container, root, spec);
    show_secrets(home_, container);
    add_secret_variables(home_, container, spec.process);
    add_service(home_, container, spec);
    std::vector<runtime::Prepared> prepared = prepared_mounts();
    OwnMounts own_mounts(home_, container);
    own_mounts.add_to(prepared);
    if (!container.options.runtime.empty()) {
      return launch_outside(container, spec, streams, prepared);
    }
    const seccomp::Program filter = filter_of(home_, spec);
    runtime::Launched launched = runtime::launch({.spec = spec,
                                                  .namespaces = namespaces_,
                                                  .root = root,
                                                  .prepared = prepared,
                                                  .seccomp = filter,
                                                  .cgroup = cgroups_.make(container, limits),
                                                  .is_limited = !limits.empty(),
                                                  .in = streams.in,
                                                  .out = streams.out,
                                                  .err = streams.err,
                                                  .ids = ids_of(container.options)});
    if (launched.terminal && streams.rows > 0) {
      sys::set_window_size(launched.terminal.get(), {streams.rows, streams.columns});
    }
    return launched;
  } catch (base::Error& error) {
    ended(id);
    error.during("start container " + container.name);
    throw;
  }
}

runtime::Launched Crew::launch_outside(const Container& container, const oci::Spec& spec,
                                       const monitor::Streams& streams,
                                       const std::vector<runtime::Prepared>& prepared) {
  oci::Spec limited = spec;
  const std::string path = cgroups_.make(container, cgroup::settings_of(spec.resources));
  limited.resources = {};  // the cgroup has them
  if (!path.empty()) limited.cgroups_path = path.substr(std::string("/sys/fs/cgroup").size());
  auto external = std::make_unique<External>(
      External::Where{container.options.runtime, container.id, container.runtime_directory(home_),
                      home_.runtime + "/external"});
  External& made = *(externals_[container.id] = std::move(external));
  runtime::Launched launched =
      made.launch(limited, {home_, namespaces_, roots_.at(container.id), prepared}, streams);
  if (launched.terminal && streams.rows > 0) {
    sys::set_window_size(launched.terminal.get(), {streams.rows, streams.columns});
  }
  return launched;
}

void Crew::release(const std::string& id, runtime::Launched& launched) {
  const Container& container = this->container(id);
  try {
    if (connection_ && !is_connected_) connection_->await();
    is_connected_ = true;
    if (const auto external = externals_.find(id); external != externals_.end()) {
      external->second->release();
    } else {
      launched.release();
    }
    if (!container.options.pid_file.empty()) {
      sys::replace_file(container.options.pid_file, std::to_string(launched.pid));
    }
    if (!container.options.monitor_pid_file.empty()) {
      sys::replace_file(container.options.monitor_pid_file, std::to_string(::getpid()));
    }
  } catch (base::Error& error) {
    ended(id);
    error.during("start container " + container.name);
    throw;
  }
}

runtime::Executed Crew::probe(const std::string& id, const runtime::Launched& launched,
                              const std::vector<std::string>& test, int out) {
  if (is_network_test(test)) return ask_network(launched.pid, test, out);
  const oci::Spec spec = load_spec(home_, container(id));
  oci::Process what = spec.process;
  add_secret_variables(home_, container(id), what);
  what.args = argv_of(test);
  what.terminal = false;
  const seccomp::Program filter = filter_of(home_, spec);
  const sys::Fd null = sys::open_file("/dev/null", O_RDWR);
  return runtime::begin_exec({.pid = launched.pid,
                              .process = launched.process,
                              .what = what,
                              .seccomp = filter,
                              .cgroup = cgroups_.path(id),
                              .in = null.get(),
                              .out = out,
                              .err = out,
                              .size = {}});
}

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

std::string Crew::cgroup(const std::string& id) {
  return cgroups_.path(id);
}

bool Crew::ended(const std::string& id) {
  externals_.erase(id);
  if (const auto known = containers_.find(id); known != containers_.end()) {
    hide_secrets(home_, known->second);
    remove_covers(home_, known->second);
  }
  return cgroups_.remove(id);
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

void Crew::remove(const std::string& id) {
  removed_.push_back(id);
  try {
    if (find_by_id(home_, id)) reread(id);  // its name may be another by now
    remove_files(home_, container(id), true);
    if (container(id).options.remove_image) remove_image(home_, container(id));
  } catch (const base::Error& error) {
    base::log::warn("remove container {}: {}", id, error.what());
  }
}

void Crew::tell(const std::string& id, events::Event event) {
  event.subject = subject_of(container(id));
  events::note(home_, std::move(event));
}

void Crew::sweep() {
  if (removed_.empty()) return;
  for (const std::string& id : removed_) {
    roots_.erase(id);
    containers_.erase(id);
  }
  removed_.clear();
  try {
    storage::empty_trash(home_);
  } catch (const base::Error& error) {
    base::log::warn("{}", error.what());
  }
}

}  // namespace containers
