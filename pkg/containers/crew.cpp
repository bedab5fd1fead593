#include "pkg/containers/crew.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/containers/health.hpp"
#include "pkg/containers/own_mounts.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/containers/secrets.hpp"
#include "pkg/containers/service.hpp"
#include "pkg/containers/syscall_filter.hpp"
#include "pkg/containers/user_entry.hpp"
#include "pkg/containers/user_namespace.hpp"
#include "pkg/containers/volumes.hpp"
#include "pkg/events/log.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/inherited.hpp"
#include "pkg/sys/mount.hpp"
#include "pkg/sys/tty.hpp"
#include "storage/rootfs.hpp"
#include "storage/trash.hpp"

#include <utility>

#include <fcntl.h>
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

void Crew::keep_files(unsigned count) {
  sys::close_at_exec(count);
  kept_files_ = count;
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
    const seccomp::Program filter = syscall_filter(home_, spec);
    const sys::PassedFiles passed(std::exchange(kept_files_, 0));
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
                                                  .ids = ids_of(container.options),
                                                  .outside = {.kept_files = passed.count()}});
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
  const seccomp::Program filter = syscall_filter(home_, spec);
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
