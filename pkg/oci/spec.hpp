#pragma once

#include "pkg/base/json.hpp"
#include "pkg/oci/hooks.hpp"
#include "pkg/oci/process.hpp"
#include "pkg/oci/resources.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The OCI runtime configuration (runtime-spec, config.md and config-linux.md), as far as a rootless
// runtime can honour it. Of a container of ours it is made once, in containers/spec.cpp, and kept
// as spec.json in the container's folder; others hand us theirs as config.json of a bundle. Turned
// into a runtime::Plan at start.
namespace oci {

constexpr const char* kSpecVersion = "1.2.1";

struct IdMapping {
  std::uint32_t container_id = 0;
  std::uint32_t host_id = 0;
  std::uint32_t size = 0;
};

struct Mount {
  std::string destination;
  std::string type;    // "bind", "tmpfs", "proc", "sysfs", "mqueue", "devpts", "cgroup2"
  std::string source;  // a path on the host for bind
  std::vector<std::string> options;     // "ro", "rbind", "nosuid", "size=64m", "tmpcopyup" ...
  std::string subpath;                  // inside source, resolved so that no link leads out of it
  bool make_subpath = false;            // a missing one becomes a directory
  std::vector<IdMapping> uid_mappings;  // of an id-mapped mount
  std::vector<IdMapping> gid_mappings;
};

struct Namespace {
  std::string type;  // "user", "pid", "mount", "network", "ipc", "uts", "cgroup", "time"
  std::string path;  // "" makes a new one; otherwise an existing one is joined
};

struct Device {
  std::string path;    // inside
  std::string source;  // on the host
  std::string access = "rwm";
  // What the node is, in somebody else's words; "" for one that is taken as it is.
  std::string type;  // "c", "u", "b", "p"
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::optional<std::uint32_t> mode;
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
};

struct TimeOffset {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;
};

struct Personality {
  std::string domain;  // "LINUX", "LINUX32"
  std::vector<std::string> flags;
};

struct Spec {
  std::string version = kSpecVersion;
  Process process;
  std::string root_path = "rootfs";
  bool readonly_root = false;
  std::string hostname;
  std::string domainname;
  std::vector<Mount> mounts;
  Hooks hooks;
  std::vector<Namespace> namespaces;  // a type that is missing is shared with the host
  std::vector<IdMapping> uid_mappings;
  std::vector<IdMapping> gid_mappings;
  std::map<std::string, TimeOffset> time_offsets;  // "monotonic", "boottime"
  std::vector<Device> devices;
  std::string cgroups_path;
  Resources resources;
  std::map<std::string, std::string> sysctl;
  std::vector<std::string> masked_paths;
  std::vector<std::string> readonly_paths;
  std::string root_propagation;
  std::optional<Personality> personality;
  base::Json seccomp_filter;  // as config-linux.md has it; null for none
  // Ours: "" is our default profile, "unconfined" none, anything else a profile file's path.
  std::string seccomp;
  bool init = false;  // run a small init as process 1 that reaps and forwards signals
  std::map<std::string, std::string> annotations;

  bool is_literal() const { return process.is_literal; }
  // The namespace of this type; nothing when it is the host's.
  const Namespace* find_namespace(const std::string& type) const;

  // Ours, with all that is not in the specification.
  static Spec parse(const base::Json& json);
  // Somebody else's config.json, literal: every member of the specification is honoured or refused;
  // throws base::Error naming the member ("linux.intelRdt: ..."). Unknown members are passed over,
  // as config.md ("Extensibility") has it.
  static Spec parse_config(const base::Json& json);
  base::Json json() const;
};

}  // namespace oci
