#include "pkg/bundle/template.hpp"

#include <unistd.h>

namespace bundle {
namespace {

oci::Process template_process() {
  oci::Process process;
  process.terminal = true;
  process.args = {"sh"};
  process.env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"};
  const std::vector<std::string> few = {"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"};
  process.capability_sets = oci::CapabilitySets{few, few, few, {}, {}};
  process.rlimits = {{"RLIMIT_NOFILE", 1024, 1024}};
  process.no_new_privileges = true;
  return process;
}

std::vector<oci::Mount> template_mounts(bool rootless) {
  std::vector<std::string> devpts = {"nosuid", "noexec", "newinstance", "ptmxmode=0666",
                                     "mode=0620"};
  if (!rootless) devpts.emplace_back("gid=5");
  const std::vector<std::string> strict = {"nosuid", "noexec", "nodev"};
  std::vector<std::string> locked = strict;
  locked.emplace_back("ro");
  std::vector<std::string> cgroup = strict;
  cgroup.insert(cgroup.end(), {"relatime", "ro"});
  return {{"/proc", "proc", "proc", {}, "", false, {}, {}},
          {"/dev",
           "tmpfs",
           "tmpfs",
           {"nosuid", "strictatime", "mode=755", "size=65536k"},
           "",
           false,
           {},
           {}},
          {"/dev/pts", "devpts", "devpts", devpts, "", false, {}, {}},
          {"/dev/shm",
           "tmpfs",
           "shm",
           {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"},
           "",
           false,
           {},
           {}},
          {"/dev/mqueue", "mqueue", "mqueue", strict, "", false, {}, {}},
          {"/sys", "sysfs", "sysfs", locked, "", false, {}, {}},
          {"/sys/fs/cgroup", "cgroup", "cgroup", cgroup, "", false, {}, {}}};
}

}  // namespace

oci::Spec template_spec(bool rootless) {
  oci::Spec spec;
  spec.process = template_process();
  spec.readonly_root = true;
  spec.hostname = "pod";
  spec.mounts = template_mounts(rootless);
  for (const char* type : {"pid", "network", "ipc", "uts", "mount", "cgroup"})
    spec.namespaces.push_back({type, ""});
  if (rootless) {
    spec.namespaces.push_back({"user", ""});
    spec.uid_mappings = {{0, ::geteuid(), 1}};
    spec.gid_mappings = {{0, ::getegid(), 1}};
  }
  spec.masked_paths = {"/proc/acpi",        "/proc/asound",        "/proc/kcore",
                       "/proc/keys",        "/proc/latency_stats", "/proc/timer_list",
                       "/proc/timer_stats", "/proc/sched_debug",   "/sys/firmware",
                       "/proc/scsi"};
  spec.readonly_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
  return spec;
}

}  // namespace bundle
