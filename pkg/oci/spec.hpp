#pragma once

#include "pkg/base/json.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The OCI runtime configuration (runtime-spec, config.md and config-linux.md), as far as a rootless
// runtime can honour it. Made once, in containers/spec.cpp; kept as spec.json in the container's
// folder; turned into a runtime::Plan at start.
namespace oci {

struct Rlimit {
  std::string type;  // "RLIMIT_NOFILE"
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
};

struct User {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> additional_gids;
  std::optional<std::uint32_t> umask;
  // Not in the specification: what the user typed ("www-data:staff"), resolved in the root file
  // system's /etc/passwd and /etc/group at start. When set it wins over the numbers above.
  std::string name;
  std::vector<std::string> additional_groups;  // names or numbers from --group-add
};

struct Process {
  bool terminal = false;
  User user;
  std::vector<std::string> args;
  std::vector<std::string> env;
  std::string cwd = "/";
  bool make_cwd = false;  // not in the specification: made when missing, as an image's WORKDIR is
  std::vector<std::string> capabilities;          // bounding, effective, permitted: "CAP_CHOWN"
  std::vector<std::string> ambient_capabilities;  // also inheritable
  std::vector<Rlimit> rlimits;
  bool no_new_privileges = false;
  std::optional<int> oom_score_adj;
  std::string apparmor_profile;
};

struct Mount {
  std::string destination;
  std::string type;    // "bind", "tmpfs", "proc", "sysfs", "mqueue", "devpts", "cgroup2"
  std::string source;  // a path on the host for bind
  std::vector<std::string> options;  // "ro", "rbind", "nosuid", "size=64m", "tmpcopyup" ...
  std::string subpath;               // inside source, resolved so that no link leads out of it
  bool make_subpath = false;         // a missing one becomes a directory
};

struct Namespace {
  std::string type;  // "user", "pid", "mount", "network", "ipc", "uts", "cgroup"
  std::string path;  // "" makes a new one; otherwise an existing one is joined
};

struct Device {
  std::string path;    // inside
  std::string source;  // on the host
  std::string access = "rwm";
};

struct Resources {
  std::optional<std::int64_t> memory_limit;
  std::optional<std::int64_t> memory_swap;  // memory and swap together; -1: no limit
  std::optional<std::int64_t> memory_reservation;
  std::optional<std::uint64_t> cpu_shares;
  std::optional<std::int64_t> cpu_quota;  // microseconds per period
  std::optional<std::uint64_t> cpu_period;
  std::string cpuset_cpus;
  std::string cpuset_mems;
  std::optional<std::int64_t> pids_limit;
  std::map<std::string, std::string> unified;

  bool empty() const;

  // As in the specification's linux.resources.
  static Resources parse(const base::Json& json);
  base::Json json() const;

  friend bool operator==(const Resources&, const Resources&) = default;
};

struct Spec {
  Process process;
  bool readonly_root = false;
  std::string hostname;
  std::string domainname;
  std::vector<Mount> mounts;
  std::vector<Namespace> namespaces;  // a type that is missing is shared with the host
  std::vector<Device> devices;
  Resources resources;
  std::map<std::string, std::string> sysctl;
  std::vector<std::string> masked_paths;
  std::vector<std::string> readonly_paths;
  std::string root_propagation;
  // "" is our default profile, "unconfined" none, anything else a profile file's path.
  std::string seccomp;
  bool init = false;  // run a small init as process 1 that reaps and forwards signals
  std::map<std::string, std::string> annotations;

  static Spec parse(const base::Json& json);
  base::Json json() const;
};

}  // namespace oci
