#pragma once

#include "cmd/cli/options.hpp"
#include "pkg/containers/options.hpp"
#include "pkg/home/home.hpp"

#include <optional>
#include <string>
#include <vector>

// The flags of `run` and `create`, in the groups of containers::Options: what was typed, how it is
// declared, and how it becomes Options. Errors name the flag.
namespace pod {

struct ProcessFlags {
  std::vector<std::string> env;
  std::vector<std::string> env_files;
  bool env_host = false;
  std::vector<std::string> unset_env;
  bool unset_env_all = false;
  std::vector<std::string> merged_env;
  bool http_proxy = true;
  std::optional<std::string> entrypoint;
  std::string user;
  std::vector<std::string> groups;
  bool passwd = true;
  std::string passwd_entry;
  std::string group_entry;
  std::vector<std::string> host_users;
  std::string workdir;
  bool terminal = false;
  bool interactive = false;
  bool init = false;
  std::string umask;
  std::vector<std::string> ulimits;
  std::string stop_signal;
  std::string systemd = "true";
  std::string sdnotify = "container";
  std::int64_t stop_timeout = 10;
  std::int64_t timeout = 0;
  std::string timezone;
  std::optional<std::int64_t> oom_score_adj;

  void declare(cli::Options& options);
  void apply(containers::Options& out) const;
};

struct IsolationFlags {
  std::vector<std::string> cap_add;
  std::vector<std::string> cap_drop;
  bool privileged = false;
  std::vector<std::string> security;
  bool read_only = false;
  bool read_only_tmpfs = true;
  std::vector<std::string> sysctl;
  std::vector<std::string> devices;
  std::string pid;
  std::string ipc;
  std::string uts;
  std::string cgroupns;
  std::string cgroups;
  std::string cgroup_parent;
  std::string userns;
  std::vector<std::string> uid_map;
  std::vector<std::string> gid_map;
  std::string subuid_name;
  std::string subgid_name;

  void declare(cli::Options& options);
  void apply(containers::Options& out) const;

 private:
  void apply_cgroups(containers::Options& out) const;
};

struct ResourceFlags {
  std::string memory;
  std::string memory_swap;
  std::string memory_reservation;
  double cpus = 0;
  std::optional<std::int64_t> cpu_shares;
  std::optional<std::int64_t> cpu_quota;
  std::optional<std::int64_t> cpu_period;
  std::string cpuset_cpus;
  std::string cpuset_mems;
  std::optional<std::int64_t> pids_limit;
  std::vector<std::string> cgroup_conf;
  std::string blkio_weight;
  std::vector<std::string> blkio_device_weights;
  std::vector<std::string> read_bps;
  std::vector<std::string> write_bps;
  std::vector<std::string> read_iops;
  std::vector<std::string> write_iops;

  void declare(cli::Options& options);
  void declare_for_pod(cli::Options& options);  // those that a pod as a whole can have
  void apply(oci::Resources& out) const;

 private:
  void apply_disks(oci::Resources& out) const;
};

struct NetworkFlags {
  std::vector<std::string> networks;
  std::vector<std::string> ports;
  std::vector<std::string> dns;
  std::vector<std::string> dns_searches;
  std::vector<std::string> dns_options;
  std::vector<std::string> hosts;
  bool no_hosts = false;
  bool no_hostname = false;
  std::string hostname;

  void declare(cli::Options& options);
  void apply(network::Config& out) const;
};

struct FileFlags {
  std::vector<std::string> volumes;
  std::vector<std::string> mounts;
  std::vector<std::string> tmpfs;
  std::vector<std::string> volumes_from;
  std::vector<std::string> secrets;
  std::string volume_driver = "local";
  std::string image_volume = "anonymous";
  std::string shm_size = "64m";

  void declare(cli::Options& options);
  void apply(containers::Options& out) const;
};

struct LifeFlags {
  std::string name;
  std::string pod;
  std::string pod_id_file;
  bool replace = false;
  bool remove = false;
  std::string restart;
  std::vector<std::string> labels;
  std::vector<std::string> label_files;
  std::vector<std::string> annotations;
  std::vector<std::string> dependencies;
  std::string cid_file;
  std::string pid_file;
  std::string monitor_pid_file;
  bool remove_image = false;
  std::string log_driver = "k8s-file";
  std::vector<std::string> log_options;
  std::vector<std::string> expose;
  bool publish_all = false;

  void declare(cli::Options& options);
  void apply(containers::Options& out) const;
};

struct HealthFlags {
  std::string command;
  std::string interval;
  std::string timeout;
  std::string start_period;
  std::string start_interval;
  std::optional<std::int64_t> retries;
  std::string on_failure = "none";
  std::string startup_command;
  std::string startup_interval;
  std::string startup_timeout;
  std::optional<std::int64_t> startup_retries;
  std::optional<std::int64_t> startup_success;
  std::string log_destination = "local";
  std::int64_t log_count = 5;
  std::int64_t log_size = 500;
  bool none = false;

  void declare(cli::Options& options);
  void apply(monitor::HealthCheck& out) const;

 private:
  void apply_startup(monitor::Check& startup) const;
};

struct ImageFlags {
  std::string policy = "missing";
  bool quiet = false;
  std::string platform;
  std::string arch;
  std::string os;
  std::string variant;
  std::string auth_file;
  std::string cert_dir;
  std::string creds;
  std::optional<bool> tls_verify;
  std::optional<std::int64_t> retries;
  std::string retry_delay;
  bool rootfs = false;

  void declare(cli::Options& options);
  void apply(images::PullOptions& out) const;
};

// All of them, and the image and command that follow.
struct ContainerFlags {
  ProcessFlags process;
  IsolationFlags isolation;
  ResourceFlags resources;
  NetworkFlags network;
  FileFlags files;
  LifeFlags life;
  HealthFlags health;
  ImageFlags image;
  std::string image_name;
  std::vector<std::string> command;

  void declare(cli::Options& options);

  // `arguments` are kept as the container's create command.
  containers::Options take(const cli::Arguments& arguments) const;
};

// What has to be looked up: the pod's id (made first for "new:NAME"), the ids of containers whose
// namespaces are joined. Refuses what belongs to the pod.
void resolve(const home::Home& home, const ContainerFlags& flags, containers::Options& options);

// The command line, for CreateCommand: "pod", "pod", "create", "web".
std::vector<std::string> typed(const cli::Arguments& arguments);

}  // namespace pod
