#include "network/names.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/health.hpp"
#include "pkg/containers/inherit.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/containers/secrets.hpp"
#include "pkg/containers/service.hpp"
#include "pkg/containers/spec.hpp"
#include "pkg/containers/user_namespace.hpp"
#include "pkg/events/log.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/monitor/journal.hpp"
#include "pkg/oci/settings.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/sys/socket.hpp"
#include "storage/all_images.hpp"
#include "storage/image_use.hpp"
#include "storage/rootfs.hpp"
#include "storage/volume_source.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

namespace containers {
namespace {

using Texts = std::vector<std::string>;

// What would be the host's.
void check_settings(const Options& options) {
  for (const auto& [name, value] : options.sysctl) {
    const std::string type = oci::namespace_of_setting(name);
    if (type.empty()) {
      throw base::Error(
          fmt::format("--sysctl {}: the kernel has it once for all, not for a container", name));
    }
    const std::string& mode = type == "network" ? options.network.mode
                              : type == "ipc"   ? options.ipc_mode
                                                : options.uts_mode;
    if (mode == "host") {
      throw base::Error(fmt::format("--sysctl {}: it would be the host's: --{}=host", name, type));
    }
  }
  if (!options.hostname.empty() && options.uts_mode == "host") {
    throw base::Error("--hostname: it would be the host's: --uts=host");
  }
}

void check(const Options& options) {
  check_settings(options);
  if (options.image.empty() && options.rootfs.empty()) throw base::Error("no image given");
  if (!options.rootfs.empty() && !sys::exists(options.rootfs)) {
    throw base::SysError("--rootfs " + options.rootfs, ENOENT);
  }
  check_service(options);
  if (!options.stop_signal.empty()) sys::signal_number(options.stop_signal);
  if (options.remove && options.restart.when != RestartPolicy::When::No &&
      options.restart.when != RestartPolicy::When::OnFailure) {
    throw base::Error("--rm and --restart " + options.restart.text() +
                      ": a container that is always restarted is never removed; leave one away");
  }
  if (!options.pod.empty() && !options.network.ports.empty()) {
    throw base::Error("--publish: ports of a pod's member are published by the pod");
  }
  if (!options.timezone.empty() && options.timezone != "local" &&
      !sys::exists("/usr/share/zoneinfo/" + options.timezone)) {
    throw base::Error("time zone " + options.timezone + ": not in /usr/share/zoneinfo");
  }
  if (options.terminal && is_passed_through(options)) {
    throw base::Error("--tty: a container with the log driver " + options.log_driver +
                      " has the streams of its caller: leave one away");
  }
  if (options.log_driver == "journald" && !sys::connect_datagram(monitor::kJournalSocket)) {
    throw base::Error(
        fmt::format("--log-driver=journald: nobody listens at {}: use --log-driver=k8s-file",
                    monitor::kJournalSocket));
  }
  network::validate(options.network);
  network::validate_hostname(options.hostname);
  capabilities_of(options);
}

bool is_target(const Options& options, const std::string& target) {
  return std::any_of(options.mounts.begin(), options.mounts.end(),
                     [&](const VolumeMount& mount) { return mount.target == target; });
}

void add_volumes_of_image(const oci::ImageConfig& config, Options& options) {
  if (options.image_volumes == "ignore") return;
  for (const std::string& target : config.volumes) {
    if (is_target(options, target)) continue;
    VolumeMount mount;
    mount.kind =
        options.image_volumes == "tmpfs" ? VolumeMount::Kind::Tmpfs : VolumeMount::Kind::Volume;
    mount.target = target;
    options.mounts.push_back(std::move(mount));
  }
}

std::string value_in(const Texts& env, const std::string& name) {
  for (auto entry = env.rbegin(); entry != env.rend(); ++entry)
    if (entry->starts_with(name + "=")) return entry->substr(name.size() + 1);
  return "";
}

// With the values of $NAME and ${NAME}.
std::string expanded(const std::string& text, const Texts& env) {
  constexpr const char* kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t dollar = std::min(text.find('$', at), text.size());
    out += text.substr(at, dollar - at);
    if (dollar == text.size()) break;
    const bool is_braced = text.compare(dollar, 2, "${") == 0;
    const std::size_t begin = dollar + (is_braced ? 2 : 1);
    const std::size_t end = std::min(text.find_first_not_of(kLetters, begin), text.size());
    at = end + (is_braced ? 1 : 0);
    if (end == begin) out += '$';
    out += value_in(env, text.substr(begin, end - begin));
  }
  return out;
}

void use_image(const home::Home& home, Container& container) {
  Options& options = container.options;
  if (!options.rootfs.empty()) return complete_health(options.health, nullptr);
  const auto [image, name] = images::ensure(home, options.image, options.pull);
  container.image_id = image.id;
  container.image_name = name.empty() ? options.image : name;
  container.layers = image.layers;
  const oci::ImageConfig& config = image.config;
  add_volumes_of_image(config, options);
  Texts env = config.env;
  for (const std::string& text : options.merged_env)
    env.push_back(expanded(text, config.env));
  env.insert(env.end(), options.env.begin(), options.env.end());
  if (options.unset_env_all)
    env.erase(env.begin(), env.begin() + static_cast<std::ptrdiff_t>(config.env.size()));
  options.env = std::move(env);
  if (!options.entrypoint) {
    options.entrypoint = config.entrypoint;
    if (options.command.empty()) options.command = config.cmd;
  }
  if (options.user.empty()) options.user = config.user;
  if (options.workdir.empty()) {
    options.workdir = config.working_dir;
    options.make_workdir = true;
  }
  if (options.stop_signal.empty()) options.stop_signal = config.stop_signal;
  complete_health(options.health, config.healthcheck);
  for (const auto& [key, value] : config.labels)
    options.labels.try_emplace(key, value);
  options.expose.insert(options.expose.end(), config.exposed_ports.begin(),
                        config.exposed_ports.end());
}

void set_command(Container& container) {
  const Options& options = container.options;
  container.command = options.entrypoint.value_or(Texts{});
  container.command.insert(container.command.end(), options.command.begin(), options.command.end());
  if (container.command.empty()) {
    throw base::Error(fmt::format(
        "image {}: no command given, and the image has neither CMD nor ENTRYPOINT", options.image));
  }
}

void publish_exposed(Options& options) {
  if (!options.publish_all || options.network.mode == "none" || options.network.mode == "host" ||
      !network::needs_namespace(options.network)) {
    return;
  }
  for (const std::string& exposed : options.expose) {
    const network::PortMapping port = network::PortMapping::parse(exposed);
    const auto is_same = [&](const network::PortMapping& other) {
      return other.container_port == port.container_port && other.protocol == port.protocol;
    };
    auto& ports = options.network.ports;
    if (std::none_of(ports.begin(), ports.end(), is_same)) ports.push_back(port);
  }
}

void prepare_bind(const VolumeMount& mount) {
  if (mount.make_source) sys::make_dirs(mount.source);
  if (!sys::exists(mount.source)) {
    throw base::SysError(fmt::format("mount {} at {}", mount.source, mount.target), ENOENT);
  }
}

// Volumes are held while the container comes to be, so that nobody prunes them meanwhile. Anonymous
// ones get a name of their own here and go again if nothing comes of the container.
class Volumes {
 public:
  Volumes(const home::Home& home, Container& container)
      : store_(storage::Layout(home)), id_(container.id) {
    for (VolumeMount& mount : container.options.mounts) {
      if (mount.kind == VolumeMount::Kind::Bind) prepare_bind(mount);
      if (mount.kind == VolumeMount::Kind::Image) {
        mount.source = images::ensure(home, mount.source, container.options.pull).image.id;
      }
      if (mount.kind == VolumeMount::Kind::Volume) prepare_volume(home, mount);
    }
    container.anonymous_volumes = made_;
  }
  Volumes(const Volumes&) = delete;
  Volumes& operator=(const Volumes&) = delete;
  ~Volumes() {
    for (const std::string& name : made_)
      drop(name);
  }

  void keep() { made_.clear(); }

 private:
  void prepare_volume(const home::Home& home, VolumeMount& mount) try {
    if (mount.source.empty()) {
      storage::Volume volume;
      volume.name = mount.source = base::make_id();
      volume.anonymous = true;
      volume.container = id_;
      store_.create(volume);
      events::note(home, "create", {.type = "volume", .name = volume.name});
      made_.push_back(volume.name);
    }
    const bool may_be_made = std::ranges::count(mount.options, "nocreate") == 0;
    if (!may_be_made && !store_.find(mount.source)) throw base::Error("no such volume", 125);
    std::optional<sys::Lock> lock;
    while (!lock) {
      adopt_source(mount, storage::source_of(ensure(home, mount.source).options));
      lock = store_.hold(mount.source, sys::Lock::Mode::Shared);
    }
    held_.push_back(std::move(*lock));
  } catch (base::Error& error) {
    error.during("volume " + mount.source);
    throw;
  }

  storage::Volume ensure(const home::Home& home, const std::string& name) {
    const bool is_new = !store_.find(name);
    storage::Volume volume = store_.ensure(name);
    if (is_new) events::note(home, "create", {.type = "volume", .name = name});
    return volume;
  }

  // The volume's options come first, so that those of this mount win. A mount that another
  // container has handed on has them already.
  static void adopt_source(VolumeMount& mount, const storage::VolumeSource& source) {
    using Kind = storage::VolumeSource::Kind;
    if (source.kind == Kind::Folder && source.options.empty()) return;
    if (source.kind == Kind::Bind) mount.device = source.device;
    if (source.kind == Kind::Tmpfs) mount.device = "tmpfs";
    if (mount.options.size() >= source.options.size() &&
        std::equal(source.options.begin(), source.options.end(), mount.options.begin())) {
      return;
    }
    mount.options.insert(mount.options.begin(), source.options.begin(), source.options.end());
  }

  void drop(const std::string& name) {
    try {
      store_.remove(name);
    } catch (const base::Error& error) {
      base::log::warn("volume {}: {}", name, error.what());
    }
  }

  storage::VolumeStore store_;
  std::string id_;
  Texts made_;
  std::vector<sys::Lock> held_;
};

void make_room_for_name(const home::Home& home, Options& options) {
  if (options.name.empty()) return;
  const auto former = find(home, options.name);
  if (options.replace && former && former->name == options.name) {
    RemoveOptions removal;
    removal.force = true;
    removal.volumes = true;
    remove(home, *former, removal);
  }
}

void write_record(const home::Home& home, const Container& container, const std::string& folder) {
  const oci::Spec spec = make_spec(home, container, sandbox_of(home, container));
  sys::create_file(folder + "/spec.json", spec.json().dump(), 0600);
  sys::create_file(folder + "/record.json", container.json().dump(), 0600);
  if (!container.options.cid_file.empty()) {
    sys::replace_file(container.options.cid_file, container.id);
  }
}

// What is made in a pod is seen, and removed as well, by who removes the pod at the same time.
std::optional<sys::Lock> hold_pod_of(const home::Home& home, const Container& container) {
  if (container.pod.empty()) return std::nullopt;
  auto lock = hold_pod(home, container.pod, sys::Lock::Mode::Shared);
  if (!lock) throw base::Error(fmt::format("pod {} was removed", base::short_id(container.pod)));
  return lock;
}

// Whoever removes the image looks for its containers first, and finds this one, or it is gone.
void publish(const home::Home& home, const Container& container, StagedFolder& folder) {
  if (container.image_id.empty()) return folder.publish();
  const auto hold = storage::hold_image(storage::Layout(home), container.image_id);
  // One of an additional store is nobody's to remove here.
  if (!hold && !storage::AllImages(home).find(container.image_id))
    throw base::Error(container.image_name + ": the image has been removed just now");
  folder.publish();
}

std::optional<sys::Lock> mark_passing(const std::string& folder, bool is_started) {
  const std::string path = folder + "/" + kPassingName;
  sys::create_file(path, is_started ? "run" : "", 0600);
  return sys::Lock::try_take(path);
}

Made make(const home::Home& home, const Options& options, bool is_started) {
  check(options);
  Container container;
  container.id = base::make_id();
  container.pod = options.pod;
  container.created = base::now();
  container.options = options;
  if (const char* runtime = std::getenv("POD_RUNTIME")) container.options.runtime = runtime;
  make_room_for_name(home, container.options);
  add_volumes_of_others(home, container.options);
  assign_ids(home, container.options);
  use_image(home, container);
  set_command(container);
  settle_init(container);
  publish_exposed(container.options);
  network::assign_ports(container.options.network);

  StagedFolder folder(home, container.directory(home), options.name);
  container.name = container.options.name = folder.name();
  copy_secrets(home, container.options, folder.path());
  Volumes volumes(home, container);
  storage::Rootfs rootfs = storage::Rootfs::create(home, container.id);
  write_record(home, container, folder.path());
  std::optional<sys::Lock> lock;
  if (container.options.remove) lock = mark_passing(folder.path(), is_started);
  const std::optional<sys::Lock> pod = hold_pod_of(home, container);
  publish(home, container, folder);
  rootfs.keep();
  volumes.keep();
  events::note(home, "create", subject_of(container));
  return {std::move(container), std::move(lock)};
}

}  // namespace

Container create(const home::Home& home, const Options& options) {
  return make(home, options, false).container;
}

Made create_to_start(const home::Home& home, const Options& options) {
  return make(home, options, true);
}

}  // namespace containers
