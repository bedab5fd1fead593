#include "pkg/containers/own_mounts.hpp"
#include "pkg/containers/secrets.hpp"
#include "pkg/containers/service.hpp"
#include "pkg/containers/spec.hpp"
#include "storage/layout.hpp"
#include "storage/volume_store.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace containers {
namespace {

using Texts = std::vector<std::string>;

bool is_mounted(const Options& options, const std::string& target) {
  return std::any_of(options.mounts.begin(), options.mounts.end(),
                     [&](const VolumeMount& mount) { return mount.target == target; });
}

// /dev/shm is one for all that share the IPC namespace; see mq_overview(7) and shm_overview(7).
void add_ipc_mounts(std::vector<oci::Mount>& mounts, const Options& options,
                    const Sandbox& sandbox) {
  const bool is_host = options.ipc_mode == "host";
  if (is_host) {
    mounts.push_back(
        {"/dev/mqueue", "bind", "/dev/mqueue", {"rbind", "nosuid", "noexec", "nodev"}, ""});
    mounts.push_back({"/dev/shm", "bind", "/dev/shm", {"rbind", "nosuid", "noexec", "nodev"}, ""});
    return;
  }
  mounts.push_back({"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}, ""});
  if (options.ipc_mode == "none") return;
  const Texts options_of_shm = {"nosuid", "noexec", "nodev", "mode=1777",
                                fmt::format("size={}", options.shm_size)};
  if (sandbox.share_ipc) {
    mounts.push_back({"/dev/shm", "prepared", kSharedMemory, {"nosuid", "noexec", "nodev"}, ""});
  } else {
    mounts.push_back({"/dev/shm", "tmpfs", "shm", options_of_shm, ""});
  }
}

void add_kernel_mounts(std::vector<oci::Mount>& mounts, const Options& options,
                       const Sandbox& sandbox) {
  const std::string access = options.privileged ? "rw" : "ro";
  const std::string cgroup_access = is_init(options) ? "rw" : access;
  Texts options_of_proc = {"nosuid", "noexec", "nodev"};
  options_of_proc.insert(options_of_proc.end(), options.proc_options.begin(),
                         options.proc_options.end());
  mounts.push_back({"/proc", "proc", "proc", options_of_proc, ""});
  mounts.push_back({"/dev",
                    "tmpfs",
                    "tmpfs",
                    {"nosuid", "noexec", "strictatime", "mode=755", "size=65536k"},
                    ""});
  mounts.push_back({"/dev/pts",
                    "devpts",
                    "devpts",
                    {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"},
                    ""});
  add_ipc_mounts(mounts, options, sandbox);
  mounts.push_back({"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", access}, ""});
  mounts.push_back(
      {"/sys/fs/cgroup", "cgroup2", "cgroup2", {"nosuid", "noexec", "nodev", cgroup_access}, ""});
}

void add_names(std::vector<oci::Mount>& mounts, const Options& options, const Sandbox& sandbox) {
  const network::Config& network = sandbox.network;
  const auto add = [&](const std::string& file) {
    const std::string target = "/etc/" + file;
    if (is_mounted(options, target)) return;
    mounts.push_back({target, "bind", sandbox.directory + "/" + file, {"bind", "rprivate"}, ""});
  };
  const bool keeps_resolvers = network.dns_servers == Texts{"none"};
  if (!network.no_hosts) add("hosts");
  if (!keeps_resolvers) add("resolv.conf");
  if (!network.no_hostname) add("hostname");
  const std::string localtime = "/usr/share/zoneinfo/" + options.timezone;
  if (options.timezone == "local") {
    mounts.push_back({"/etc/localtime", "bind", "/etc/localtime", {"bind", "ro"}, ""});
  } else if (!options.timezone.empty()) {
    mounts.push_back({"/etc/localtime", "bind", localtime, {"bind", "ro"}, ""});
  }
}

void add_writable_places(std::vector<oci::Mount>& mounts, const Options& options) {
  if (!options.read_only || !options.read_only_tmpfs) return;
  for (const char* place : {"/run", "/tmp", "/var/tmp"}) {
    if (is_mounted(options, place)) continue;
    mounts.push_back({place, "tmpfs", "tmpfs", {"rw", "nosuid", "nodev", "tmpcopyup"}, ""});
  }
}

Texts bind_options(const VolumeMount& mount) {
  Texts options = mount.options;
  std::erase_if(options, [](const std::string& word) {
    return word == "z" || word == "Z" || word == "U" || word == "nocopy" || word == "copy" ||
           word == "rw" || word == "ro" || word == "O" || word == "nocreate" ||
           word.starts_with("upperdir=") || word.starts_with("workdir=");
  });
  if (std::find(options.begin(), options.end(), "bind") == options.end() &&
      std::find(options.begin(), options.end(), "rbind") == options.end()) {
    options.emplace_back("rbind");
  }
  if (mount.read_only) options.emplace_back("ro");
  return options;
}

Texts tmpfs_options(const VolumeMount& mount) {
  Texts options = mount.options;
  const auto has = [&](std::string_view word) {
    return std::find(options.begin(), options.end(), word) != options.end();
  };
  for (const auto& [word, opposite] :
       {std::pair("nosuid", "suid"), std::pair("nodev", "dev"), std::pair("noexec", "exec")}) {
    if (!has(word) && !has(opposite)) options.emplace_back(word);
  }
  if (!has("notmpcopyup") && !has("tmpcopyup")) options.emplace_back("tmpcopyup");
  if (mount.read_only) options.emplace_back("ro");
  return options;
}

// In memory it is a file system of its own, with what the image has at its place.
oci::Mount memory_volume(const VolumeMount& mount) {
  Texts options = mount.options;
  options.insert(options.end(), {"nosuid", "nodev"});
  if (std::find(options.begin(), options.end(), "nocopy") == options.end()) {
    options.emplace_back("tmpcopyup");
  }
  if (mount.read_only) options.emplace_back("ro");
  return {mount.target, "tmpfs", "tmpfs", options, ""};
}

oci::Mount volume(const home::Home& home, const VolumeMount& mount) {
  if (mount.device == "tmpfs") return memory_volume(mount);
  return {mount.target, "bind", source_folder(home, mount), bind_options(mount), mount.subpath};
}

oci::Mount pod_volume(const VolumeMount& mount, const Sandbox& sandbox) {
  const auto volume =
      std::find_if(sandbox.volumes.begin(), sandbox.volumes.end(),
                   [&](const PodVolume& candidate) { return candidate.name == mount.source; });
  const bool is_memory = volume != sandbox.volumes.end() && volume->memory;
  if (is_memory) {
    return {mount.target,        "prepared",    kVolumePrefix + mount.source,
            bind_options(mount), mount.subpath, mount.make_subpath};
  }
  return {mount.target,        "bind",        sandbox.volume_directory(mount.source),
          bind_options(mount), mount.subpath, mount.make_subpath};
}

// What OwnMounts makes.
oci::Mount own_mount(const VolumeMount& mount) {
  return {mount.target, "prepared", kMountPrefix + mount.target, bind_options(mount),
          mount.subpath};
}

oci::Mount translate(const home::Home& home, const VolumeMount& mount, const Sandbox& sandbox) {
  if (is_covered(mount)) return own_mount(mount);
  switch (mount.kind) {
    case VolumeMount::Kind::Bind:
      return {mount.target,        "bind",        mount.source,
              bind_options(mount), mount.subpath, mount.make_subpath};
    case VolumeMount::Kind::Volume:
      return volume(home, mount);
    case VolumeMount::Kind::Tmpfs:
      return {mount.target, "tmpfs", "tmpfs", tmpfs_options(mount), ""};
    case VolumeMount::Kind::PodVolume:
      return pod_volume(mount, sandbox);
    case VolumeMount::Kind::Devpts:
      return {mount.target, "devpts", "devpts", mount.options, ""};
    case VolumeMount::Kind::Mqueue:
      return {mount.target, "mqueue", "mqueue", mount.options, ""};
    case VolumeMount::Kind::Ramfs:
      return {mount.target, "ramfs", "ramfs", mount.options, ""};
    case VolumeMount::Kind::Image:
      return own_mount(mount);
  }
  return {};
}

void add_secrets(std::vector<oci::Mount>& mounts, const home::Home& home,
                 const Container& container) {
  const std::vector<SecretUse>& uses = container.options.secrets;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if (uses[i].is_variable) continue;
    mounts.push_back({uses[i].target,
                      "bind",
                      secret_file(home, container, i),
                      {"bind", "rprivate", "nosuid", "nodev", "noexec"},
                      ""});
  }
}

// A mount below another has to come after it.
std::ptrdiff_t depth(const oci::Mount& mount) {
  return std::ranges::count(mount.destination, '/');
}

}  // namespace

std::string source_folder(const home::Home& home, const VolumeMount& mount) {
  if (mount.kind == VolumeMount::Kind::Bind) return mount.source;
  return mount.device.empty() ? storage::Layout(home).volume(mount.source) + "/data" : mount.device;
}

std::vector<oci::Mount> make_mounts(const home::Home& home, const Container& container,
                                    const Sandbox& sandbox) {
  const Options& options = container.options;
  std::vector<oci::Mount> mounts;
  std::vector<oci::Mount> files;
  add_kernel_mounts(mounts, options, sandbox);
  add_names(files, options, sandbox);
  add_writable_places(files, options);
  if (is_init(options)) add_init_mounts(options, files);
  for (const VolumeMount& mount : options.mounts) {
    const auto is_there = [&](const oci::Mount& other) {
      return other.destination == mount.target;
    };
    std::erase_if(mounts, is_there);
    std::erase_if(files, is_there);
    files.push_back(translate(home, mount, sandbox));
  }
  add_secrets(files, home, container);
  std::ranges::stable_sort(files, {}, depth);
  mounts.insert(mounts.end(), files.begin(), files.end());
  return mounts;
}

}  // namespace containers
