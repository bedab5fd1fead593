#pragma once

#include "network/network.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/oci/spec.hpp"
#include "pkg/userns/ids.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace containers {

// A directory that the containers of one pod can share, gone with the pod (Kubernetes: emptyDir).
struct PodVolume {
  std::string name;
  bool memory = false;          // a tmpfs, one for all containers
  std::int64_t size_limit = 0;  // bytes, of a tmpfs; 0: none

  friend bool operator==(const PodVolume&, const PodVolume&) = default;
};

// What the containers of a pod have in common; a standalone container has one for itself. A monitor
// looks after one sandbox. A pod's is kept as sandbox.json in its folder.
struct Sandbox {
  std::string id;  // of the pod, or of the standalone container
  bool is_pod = false;
  std::string directory;          // hosts, resolv.conf, hostname, volumes/
  std::string runtime_directory;  // monitor.sock, lock
  std::string hostname;
  std::vector<std::string> aliases;  // further names in /etc/hosts
  network::Config network;
  bool share_net = true;  // false: each container for itself, or with the host
  bool share_ipc = true;
  bool share_uts = true;
  bool share_pid = false;
  std::string namespaces_of;  // id of a container whose user and network namespaces are joined
  std::string userns;         // of a pod: as it was asked for
  userns::Ids ids;            // of the user namespace
  std::map<std::string, std::string> sysctl;
  std::vector<PodVolume> volumes;
  std::int64_t shm_size = 0;
  std::string cgroup_parent;   // a slice of systemd's, a path, or one below what is delegated
  bool splits_cgroup = false;  // containers' are below the one that we are started in
  oci::Resources resources;    // of all containers together; a standalone container's are its own

  std::string volume_directory(const std::string& name) const {
    return directory + "/volumes/" + name;
  }
};

// Of a standalone container: from its record. Of a pod's member: the pod's.
Sandbox sandbox_of(const home::Home& home, const Container& container);
Sandbox load_sandbox(const home::Home& home, const std::string& pod_id);
void save_sandbox(const std::string& pod_directory, const Sandbox& sandbox);

// The pod's containers, in the order in which they were created.
std::vector<Container> members(const home::Home& home, const std::string& pod_id);

}  // namespace containers
