#pragma once

#include "network/network.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/monitor/health.hpp"
#include "pkg/monitor/restart.hpp"
#include "pkg/oci/spec.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace containers {

// What is mounted into a container, as asked for.
struct VolumeMount {
  enum class Kind {
    Bind,       // source is a path on the host
    Volume,     // source is a volume's name; "" makes an anonymous one
    Tmpfs,      // no source
    PodVolume,  // source is the name of one of the pod's volumes (pods::Options::volumes)
    Devpts,
    Mqueue,
    Image,  // source is an image's name, once the container is made its id
    Ramfs,  // no source; memory that is never swapped out
  };
  Kind kind = Kind::Bind;
  std::string source;
  std::string target;
  std::string subpath;  // inside the source; no link leads out of it
  bool read_only = false;
  // "rw", "noexec", "nosuid", "nodev", "rbind", "rprivate", "rslave", "z", "Z", "U", "size=64m",
  // "mode=1777", "tmpcopyup", "notmpcopyup", "nocopy" ...
  std::vector<std::string> options;
  bool make_subpath = false;  // a missing subpath becomes a directory
  bool make_source = false;   // a missing bind source is made (Kubernetes: DirectoryOrCreate)
  // Of a volume whose driver options name it: "tmpfs", or the folder of the host that is mounted.
  std::string device = {};

  friend bool operator==(const VolumeMount&, const VolumeMount&) = default;
};

// A secret as a container has it. Its value is never here: see secrets.hpp.
struct SecretUse {
  std::string name;
  std::string id;         // once the container is made
  std::int64_t size = 0;  // the same
  std::string target;     // an absolute path, or the variable's name; "" is made of its own name
  bool is_variable = false;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t mode = 0444;
};

using RestartPolicy = monitor::RestartPolicy;

// What the user asked for; filled by flags or by YAML, in the words of `podman run`. Everything has
// the default that an absent flag means.
struct Options {
  std::string name;            // "": one is made up
  std::string pod;             // id of the pod it joins; "": none
  std::string image;           // as typed; "" with rootfs
  std::string rootfs;          // --rootfs: a directory instead of an image
  bool covers_rootfs = false;  // which is not changed: what is written is the container's own
  images::PullOptions pull;
  std::vector<std::string> command;                    // replaces the image's cmd
  std::optional<std::vector<std::string>> entrypoint;  // empty clears the image's
  bool replace = false;                                // a container of this name goes first
  bool remove = false;                                 // --rm
  bool remove_image = false;                           // --rmi: then the image, if nobody uses it
  std::vector<std::string> create_command;             // our own argv, for inspect

  // Process
  std::vector<std::string> env;  // "NAME=value", in order, later wins; already looked up
  std::vector<std::string> unset_env;
  bool unset_env_all = false;
  std::vector<std::string> merged_env;  // --env-merge: "NAME=${VARIABLE of the image}..."
  bool http_proxy = true;               // pass the host's proxy variables on
  std::string user;                     // "name|uid[:group|gid]"; "": the image's
  std::vector<std::string> groups;      // --group-add
  bool adds_users = true;               // --passwd: lines in the image's /etc/passwd and /etc/group
  std::string passwd_entry;             // what such a line is instead; $USERNAME, $UID ...
  std::string group_entry;
  std::vector<std::string> host_users;  // --hostuser: users of the host that get a line
  std::string workdir;                  // "": the image's
  bool make_workdir = false;            // it is the image's, which is made when missing
  bool terminal = false;
  bool interactive = false;  // keep stdin open
  bool init = false;
  std::optional<std::uint32_t> umask;
  std::vector<oci::Rlimit> rlimits;  // type as in "RLIMIT_NOFILE"
  // --systemd: "true" looks at the command; once the container is made "always" or "false".
  std::string systemd = "true";
  std::string sdnotify = "container";  // who tells NOTIFY_SOCKET: "conmon", "healthy", "ignore"
  std::string stop_signal;             // "": the image's, else SIGTERM
  std::int64_t stop_timeout = 10;      // seconds; -1: for ever
  std::int64_t timeout = 0;            // --timeout: killed after so many seconds; 0: never
  std::string timezone;
  std::optional<int> oom_score_adj;

  // Isolation
  std::vector<std::string> cap_add;
  std::vector<std::string> cap_drop;
  bool privileged = false;
  bool no_new_privileges = false;
  std::string seccomp;  // as in oci::Spec
  std::vector<std::string> mask;
  std::vector<std::string> unmask;        // paths, or "ALL"
  std::vector<std::string> proc_options;  // of the mount at /proc: "hidepid=2"
  bool read_only = false;
  bool read_only_tmpfs = true;  // /run, /tmp, /var/tmp stay writable with read_only
  std::map<std::string, std::string> sysctl;
  std::vector<oci::Device> devices;
  oci::Resources resources;
  std::string pid_mode;  // "" or "private", "host", "pod", "container:ID", "ns:PATH"
  std::string ipc_mode;  // the same, and "none"
  std::string uts_mode;
  std::string cgroup_mode;     // "" or "private", "host"
  bool has_cgroup = true;      // one of its own, where that can be had
  bool splits_cgroup = false;  // below the one that it is started in
  std::string cgroup_parent;   // as in Sandbox; a pod's member has its pod's
  std::string userns;          // "" or "host", "keep-id[:...]", "nomap", "container:ID"
  // --uidmap, --gidmap; once the container is made what all of it came to: "0:1:1000". None: the
  // session's ids as they are.
  std::vector<std::string> uid_map;
  std::vector<std::string> gid_map;

  // Names and network; a pod's member leaves these to the pod
  std::string hostname;
  network::Config network;
  std::vector<std::string> expose;
  bool publish_all = false;

  // Files
  std::vector<VolumeMount> mounts;
  std::vector<std::string> volumes_from;
  std::vector<SecretUse> secrets;
  std::string image_volumes = "anonymous";  // or "tmpfs", "ignore"
  std::int64_t shm_size = std::int64_t{64} << 20U;

  // Life
  RestartPolicy restart;
  monitor::HealthCheck health;            // with the image's filled in
  std::vector<std::string> dependencies;  // ids of containers that are started before it
  std::string log_driver = "k8s-file";    // "none", "journald", "passthrough", "passthrough-tty"
  std::string log_tag;                    // of journald
  std::string log_path;                   // "": in the container's folder
  std::int64_t log_size_max = 0;          // 0: no limit
  std::string cid_file;
  std::string pid_file;
  std::string monitor_pid_file;
  std::string runtime;  // somebody else's OCI runtime, a name or path; "" for ours
  // Init containers run before the pod's others, one after the other, each time it is started;
  // those that run once go when they have succeeded.
  enum class Role { Main, InitOnce, InitAlways };
  Role role = Role::Main;

  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;

  static Options parse(const base::Json& json);  // what json() wrote
  base::Json json() const;
};

// Its streams are those of the command that starts it.
inline bool is_passed_through(const Options& options) {
  return options.log_driver.starts_with("passthrough");
}

}  // namespace containers
