#include "pkg/containers/spec.hpp"

#include "pkg/base/text.hpp"
#include "pkg/containers/service.hpp"
#include "pkg/sys/caps.hpp"

#include <algorithm>
#include <cstdlib>

namespace containers {
namespace {

constexpr const char* kPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// What the peers hide and protect in /proc and /sys.
const std::vector<std::string>& masked_paths() {
  static const std::vector<std::string> kPaths = {"/proc/acpi",
                                                  "/proc/kcore",
                                                  "/proc/keys",
                                                  "/proc/latency_stats",
                                                  "/proc/sched_debug",
                                                  "/proc/scsi",
                                                  "/proc/timer_list",
                                                  "/proc/timer_stats",
                                                  "/proc/interrupts",
                                                  "/sys/dev/block",
                                                  "/sys/devices/virtual/powercap",
                                                  "/sys/firmware",
                                                  "/sys/fs/selinux"};
  return kPaths;
}

const std::vector<std::string>& readonly_paths() {
  static const std::vector<std::string> kPaths = {
      "/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
  return kPaths;
}

void add_proxies(std::vector<std::string>& env) {
  for (const char* name : {"http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "HTTP_PROXY",
                           "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY"}) {
    if (const char* value = std::getenv(name)) env.push_back(std::string(name) + "=" + value);
  }
}

std::string name_of(const std::string& variable) {
  return variable.substr(0, variable.find('='));
}

// options.env holds the image's variables first, then the user's (see create.cpp).
std::vector<std::string> environment(const Options& options, const std::string& id,
                                     const std::string& hostname) {
  // systemd and others know where they are by this word of the field's, not by our name.
  std::vector<std::string> env = {kPath, "container=podman", terminal_variable(options.terminal),
                                  "HOSTNAME=" + hostname};
  if (options.http_proxy) add_proxies(env);
  env.insert(env.end(), options.env.begin(), options.env.end());
  if (is_init(options)) env.push_back("container_uuid=" + id.substr(0, 32));
  env = merged(env);
  std::erase_if(env, [&](const std::string& variable) {
    const std::string name = name_of(variable);
    return std::find(options.unset_env.begin(), options.unset_env.end(), name) !=
           options.unset_env.end();
  });
  return env;
}

// As many files and processes as this user may have: what the field's images are made for.
std::vector<oci::Rlimit> limits_of(const Options& options) {
  constexpr std::uint64_t kMany = 1048576;
  std::vector<oci::Rlimit> limits = options.rlimits;
  for (const char* type : {"RLIMIT_NOFILE", "RLIMIT_NPROC"}) {
    const auto is_same = [&](const oci::Rlimit& limit) { return limit.type == type; };
    if (std::none_of(limits.begin(), limits.end(), is_same)) limits.push_back({type, kMany, kMany});
  }
  return limits;
}

oci::Process make_process(const Container& container, const std::string& hostname) {
  const Options& options = container.options;
  oci::Process process;
  process.terminal = options.terminal;
  process.user.name = options.user;
  process.user.additional_groups = options.groups;
  process.user.umask = options.umask;
  process.args = container.command;
  process.env = environment(options, container.id, hostname);
  process.cwd = options.workdir.empty() ? "/" : options.workdir;
  process.make_cwd = options.make_workdir;
  process.capabilities = capabilities_of(options);
  // What was asked for by name reaches other users than root, too.
  if (!options.privileged) process.ambient_capabilities = options.cap_add;
  process.rlimits = limits_of(options);
  process.no_new_privileges = options.no_new_privileges;
  process.oom_score_adj = options.oom_score_adj;
  return process;
}

// One of pid, ipc, uts, cgroup and network: of its own, joined by path, or (left out) the host's.
void add_namespace(oci::Spec& spec, const std::string& type, const std::string& mode) {
  if (mode == "host") return;
  const bool is_joined = mode.starts_with("ns:") || mode.starts_with("container:");
  spec.namespaces.push_back({type, is_joined ? mode : ""});
}

void add_namespaces(oci::Spec& spec, const Options& options, const Sandbox& sandbox) {
  spec.namespaces = {{"user", ""}, {"mount", ""}};
  add_namespace(spec, "pid", options.pid_mode == "pod" ? "" : options.pid_mode);
  add_namespace(spec, "cgroup", options.cgroup_mode);
  add_namespace(spec, "network", sandbox.is_pod ? sandbox.network.mode : options.network.mode);
  add_namespace(spec, "ipc", options.ipc_mode);
  const bool is_host_network = sandbox.network.mode == "host";
  add_namespace(
      spec, "uts",
      is_host_network && options.uts_mode.empty() && sandbox.is_pod ? "host" : options.uts_mode);
}

void hide_paths(oci::Spec& spec, const Options& options) {
  const auto is_shown = [&](const std::string& path) {
    return std::any_of(options.unmask.begin(), options.unmask.end(), [&](const std::string& word) {
      return word == "ALL" || word == "all" || word == path || path.starts_with(word + "/");
    });
  };
  if (options.privileged) return;
  spec.masked_paths = masked_paths();
  spec.readonly_paths = readonly_paths();
  std::erase_if(spec.masked_paths, is_shown);
  std::erase_if(spec.readonly_paths, is_shown);
  spec.masked_paths.insert(spec.masked_paths.end(), options.mask.begin(), options.mask.end());
}

}  // namespace

std::vector<std::string> merged(const std::vector<std::string>& variables) {
  std::vector<std::string> out;
  for (const std::string& variable : variables) {
    const std::string name = name_of(variable);
    const auto same = std::find_if(out.begin(), out.end(),
                                   [&](const auto& other) { return name_of(other) == name; });
    if (same == out.end()) {
      out.push_back(variable);
    } else {
      *same = variable;
    }
  }
  return out;
}

std::string terminal_variable(bool has_terminal) {
  const char* callers = has_terminal ? std::getenv("TERM") : nullptr;
  return std::string("TERM=") + (callers != nullptr && *callers != '\0' ? callers : "xterm");
}

std::vector<std::string> capabilities_of(const Options& options) {
  const std::vector<std::string> defaults = {"CHOWN",   "DAC_OVERRIDE",     "FOWNER",    "FSETID",
                                             "KILL",    "NET_BIND_SERVICE", "SETFCAP",   "SETGID",
                                             "SETPCAP", "SETUID",           "SYS_CHROOT"};
  const auto has_all = [](const std::vector<std::string>& names) {
    return std::any_of(names.begin(), names.end(),
                       [](const std::string& name) { return base::upper(name) == "ALL"; });
  };
  if (options.privileged) return sys::capability_names(sys::capability_set({"ALL"}));
  // "ALL" first, then the single names: dropping ALL and adding one leaves that one.
  sys::CapabilitySet set = sys::capability_set(defaults);
  if (has_all(options.cap_drop)) set = 0;
  set |= sys::capability_set(options.cap_add);
  std::vector<std::string> dropped = options.cap_drop;
  std::erase_if(dropped, [](const std::string& name) { return base::upper(name) == "ALL"; });
  return sys::capability_names(set & ~sys::capability_set(dropped));
}

oci::Spec make_spec(const home::Home& home, const Container& container, const Sandbox& sandbox) {
  const Options& options = container.options;
  oci::Spec spec;
  spec.process = make_process(container, sandbox.hostname);
  spec.readonly_root = options.read_only;
  spec.hostname = sandbox.hostname;
  spec.mounts = make_mounts(home, container, sandbox);
  add_namespaces(spec, options, sandbox);
  spec.devices = options.devices;
  spec.resources = options.resources;
  hide_paths(spec, options);
  spec.seccomp = options.privileged ? "unconfined" : options.seccomp;
  spec.init = options.init;
  spec.annotations = options.annotations;
  return spec;
}

}  // namespace containers
