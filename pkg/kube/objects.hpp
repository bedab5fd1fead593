#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// What we honour of a Kubernetes Pod, as plain structs in Kubernetes' words. Filled by decode from
// a checked document, so everything in here fits together.
namespace kube {

struct HostPath {
  // "", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket", "CharDevice",
  // "BlockDevice"
  std::string type;
  std::string path;  // as written
  friend bool operator==(const HostPath&, const HostPath&) = default;
};

struct EmptyDir {
  bool memory = false;
  std::int64_t size_limit = 0;  // bytes; 0: none
  friend bool operator==(const EmptyDir&, const EmptyDir&) = default;
};

struct Volume {
  std::string name;
  std::optional<HostPath> host_path;
  std::optional<EmptyDir> empty_dir;  // neither: a source that we cannot provide yet
  std::string where;                  // "pod.yaml:12: spec.volumes[0].hostPath.path"
};

struct VolumeMount {
  std::string volume;
  std::string path;
  std::string sub_path;
  bool read_only = false;
};

struct Port {
  std::string name;
  std::uint16_t container_port = 0;
  std::uint16_t host_port = 0;  // 0: not published
  std::string host_ip;
  std::string protocol = "tcp";
};

struct EnvVar {
  std::string name;
  std::string value;
};

struct SecurityContext {
  std::optional<std::int64_t> run_as_user;
  std::optional<std::int64_t> run_as_group;
  std::vector<std::int64_t> supplemental_groups;  // of the pod
  bool privileged = false;
  bool read_only_root = false;
  bool allow_privilege_escalation = true;
  std::vector<std::string> add_capabilities;
  std::vector<std::string> drop_capabilities;
};

// How to find out whether a container works; times are seconds.
struct Probe {
  // {"CMD", program...}, {"HTTP", host, port, path, header...} or {"TCP", host, port}
  std::vector<std::string> test;
  std::int64_t initial_delay = 0;
  std::int64_t period = 10;
  std::int64_t timeout = 1;
  std::int64_t failure_threshold = 3;
  std::int64_t success_threshold = 1;
};

enum class RestartPolicy { Always, OnFailure, Never };
enum class ImagePullPolicy { Unset, IfNotPresent, Always, Never };

struct Container {
  std::string name;
  std::string image;
  ImagePullPolicy pull_policy = ImagePullPolicy::Unset;
  bool is_sidecar = false;                          // an init container that keeps running
  std::optional<std::vector<std::string>> command;  // replaces the image's entrypoint
  std::vector<std::string> args;
  std::vector<EnvVar> env;
  std::string working_dir;
  std::vector<Port> ports;
  std::vector<VolumeMount> mounts;
  SecurityContext security;                  // with what the pod says filled in
  std::optional<std::int64_t> cpu_limit;     // thousandths of a processor
  std::optional<std::int64_t> memory_limit;  // bytes
  std::optional<std::int64_t> cpu_request;
  std::optional<std::int64_t> memory_request;
  std::optional<Probe> liveness;
  std::optional<Probe> readiness;
  std::optional<Probe> startup;
  bool open_stdin = false;
  bool tty = false;
};

struct HostAlias {
  std::string ip;
  std::vector<std::string> names;
};

struct Pod {
  std::string name;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  std::vector<Volume> volumes;
  std::vector<Container> init_containers;
  std::vector<Container> containers;
  RestartPolicy restart_policy = RestartPolicy::Always;
  std::optional<std::int64_t> grace_period;  // seconds
  std::string hostname;                      // "": the name
  bool host_network = false;
  bool share_processes = false;
  std::vector<HostAlias> host_aliases;

  std::string place;    // "pod.yaml:3": where its document begins
  std::string folder;   // what relative paths are relative to
  std::string content;  // one text for all spellings of the same document
};

}  // namespace kube
