#pragma once

#include "network/network.hpp"
#include "pkg/containers/cgroups.hpp"
#include "pkg/containers/external.hpp"
#include "pkg/containers/sandbox.hpp"
#include "pkg/monitor/workload.hpp"
#include "pkg/runtime/launch.hpp"
#include "pkg/userns/mapping.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace containers {

// The containers of one sandbox as their monitor starts and ends them. Lives in the monitor, which
// has entered the user's session namespace. Namespaces, network and shared mounts are made with the
// first container and go with this.
class Crew : public monitor::Workload {
 public:
  // The sandbox of the pod, or of the standalone container, with this id.
  Crew(const home::Home& home, const std::string& id, bool is_pod, userns::Mapping mapping);
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() override;

  // So many of our descriptors from 3 on are those of the first container that starts, and no
  // longer ours from then on.
  void keep_files(unsigned count);

  monitor::Member member(const std::string& id) override;
  std::vector<std::string> members() override;
  runtime::Launched launch(const std::string& id, const monitor::Streams& streams) override;
  void release(const std::string& id, runtime::Launched& launched) override;
  runtime::Executed probe(const std::string& id, const runtime::Launched& launched,
                          const std::vector<std::string>& test, int out) override;
  std::string cgroup(const std::string& id) override;
  bool ended(const std::string& id) override;
  void remove(const std::string& id) override;
  void sweep() override;
  void tell(const std::string& id, events::Event event) override;
  void rest() override;

 private:
  const Container& container(const std::string& id);
  const Container& reread(const std::string& id);
  void prepare();
  void make_namespaces();
  sys::Fd user_namespace_of(const std::string& id) const;
  void mount_shared();
  std::vector<runtime::Prepared> prepared_mounts() const;
  void resolve_joined(oci::Spec& spec) const;
  // Starts the container with somebody else's runtime.
  runtime::Launched launch_outside(const Container& container, const oci::Spec& spec,
                                   const monitor::Streams& streams,
                                   const std::vector<runtime::Prepared>& prepared);

  const home::Home& home_;
  std::map<std::string, Container> containers_;  // as last read: before a start, or when told to
  Sandbox sandbox_;
  userns::Mapping mapping_;
  bool is_prepared_ = false;
  runtime::Namespaces namespaces_;
  std::map<std::string, sys::Fd> shared_;  // mounts that all containers get, by name
  std::unique_ptr<network::Connection> connection_;
  bool is_connected_ = false;
  Cgroups cgroups_;
  std::map<std::string, std::unique_ptr<External>> externals_;
  unsigned kept_files_ = 0;
  // Held beyond the containers' ends: whoever lets go of an overlay last waits for the disk, and
  // that shall not be those who wait for a container to end.
  std::map<std::string, sys::Fd> roots_;
  std::vector<std::string> removed_;  // containers whose files wait in the trash
};

}  // namespace containers
