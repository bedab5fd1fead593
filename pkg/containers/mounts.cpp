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
  mounts.push_back({"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}, ""});
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
      {"/sys/fs/cgroup", "cgroup2", "cgroup2", {"nosuid", "noexec", "nodev", access}, ""});
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
           word == "rw" || word == "ro" || word == "idmap";
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

oci::Mount translate(const home::Home& home, const VolumeMount& mount, const Sandbox& sandbox) {
  switch (mount.kind) {
    case VolumeMount::Kind::Bind:
      return {mount.target,        "bind",        mount.source,
              bind_options(mount), mount.subpath, mount.make_subpath};
    case VolumeMount::Kind::Volume:
      return {mount.target, "bind", storage::Layout(home).volume(mount.source) + "/data",
              bind_options(mount), mount.subpath};
    case VolumeMount::Kind::Tmpfs:
      return {mount.target, "tmpfs", "tmpfs", tmpfs_options(mount), ""};
    case VolumeMount::Kind::PodVolume:
      return pod_volume(mount, sandbox);
    case VolumeMount::Kind::Devpts:
      return {mount.target, "devpts", "devpts", mount.options, ""};
    case VolumeMount::Kind::Mqueue:
      return {mount.target, "mqueue", "mqueue", mount.options, ""};
  }
  return {};
}

// A mount below another has to come after it.
std::size_t depth(const std::string& target) {
  return static_cast<std::size_t>(std::count(target.begin(), target.end(), '/'));
}

}  // namespace

std::vector<oci::Mount> make_mounts(const home::Home& home, const Container& container,
                                    const Sandbox& sandbox) {
  const Options& options = container.options;
  std::vector<oci::Mount> mounts;
  add_kernel_mounts(mounts, options, sandbox);
  add_names(mounts, options, sandbox);
  add_writable_places(mounts, options);
  std::vector<VolumeMount> asked = options.mounts;
  std::stable_sort(asked.begin(), asked.end(),
                   [](const auto& a, const auto& b) { return depth(a.target) < depth(b.target); });
  for (const VolumeMount& mount : asked) {
    std::erase_if(mounts,
                  [&](const oci::Mount& other) { return other.destination == mount.target; });
    mounts.push_back(translate(home, mount, sandbox));
  }
  return mounts;
}

}  // namespace containers
