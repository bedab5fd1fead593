#pragma once

#include "network/network.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/time.hpp"
#include "pkg/containers/sandbox.hpp"
#include "pkg/home/home.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pods {

using Volume = containers::PodVolume;

struct Options {
  std::string name;  // "": one is made up
  bool replace = false;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  std::string hostname;  // "": the name
  network::Config network;
  std::vector<std::string> share = {"ipc", "net", "uts"};  // and "pid", "cgroup"
  std::map<std::string, std::string> sysctl;
  std::vector<Volume> volumes;
  std::int64_t shm_size = 65536 * 1024;
  oci::Resources resources;
  std::optional<containers::Options>
      inherited;                         // what its containers have: see containers/inherit.hpp
  std::string cgroup_parent;             // as in containers::Sandbox
  std::string userns;                    // as in containers::Options
  std::string exit_policy = "continue";  // or "stop": no process stays when the last container ends
  std::vector<std::string> create_command;
  std::string digest;  // of the YAML document it was played from: tells whether anything changed

  static Options parse(const base::Json& json);
  base::Json json() const;
};

struct Pod {
  std::string id;
  std::string name;
  base::Time created = 0;
  Options options;

  std::string directory(const home::Home& home) const { return home.pods() + "/" + id; }
  std::string runtime_directory(const home::Home& home) const {
    return home.running_pods() + "/" + id;
  }

  static Pod parse(const base::Json& json);
  base::Json json() const;
};

// "Created", "Running", "Degraded", "Paused", "Stopped", "Exited", "Error": from its containers.
std::string status_of(const home::Home& home, const Pod& pod);
std::vector<containers::Container> members(const home::Home& home, const Pod& pod);  // in order

std::vector<Pod> list(const home::Home& home);
std::vector<Pod> select(const home::Home& home, const std::vector<std::string>& filters);
Pod get(const home::Home& home,
        const std::string& name_or_id);  // throws: "no pod with name or ID ..."
std::optional<Pod> find(const home::Home& home, const std::string& name_or_id);
std::optional<Pod> latest(const home::Home& home);
base::Json inspect(const home::Home& home, const Pod& pod);

}  // namespace pods
