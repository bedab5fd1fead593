#pragma once

#include "network/network.hpp"
#include "pkg/containers/options.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/kube/objects.hpp"
#include "pkg/pods/pod.hpp"

#include <map>
#include <string>
#include <vector>

namespace kube {

// What the command line says about a play, besides the files.
struct PlayOptions {
  bool replace = false;
  bool start = true;
  bool pod_prefix = true;    // containers are called POD-CONTAINER
  bool publish_all = false;  // container ports without a host port are published as well
  std::vector<network::PortMapping> publish;  // win over the file's of the same container port
  network::Config network;
  images::PullOptions pull;  // all but the policy
  std::map<std::string, std::string> annotations;
  std::string log_driver = "k8s-file";
  std::string log_path;
  std::int64_t log_size_max = 0;
  std::string userns;
};

// One thing that a play does. A play is a list of these, decided before anything is done.
struct Step {
  enum class Kind {
    NeedImage,
    NeedPath,  // something of the host's, made when its type says so
    KeepPod,   // it is there already, with the same content
    RemovePod,
    MakePod,
    MakeContainer,
    StartPod,
  };
  Kind kind = Kind::NeedImage;
  std::string name;  // of the image, path, pod or container
  images::PullOptions pull;
  std::string path_type;
  std::string where;  // of a path: "pod.yaml:12: spec.volumes[0].hostPath.path"
  pods::Options pod;
  containers::Options container;

  // "make pod web (publish 8080:80/tcp)": a line of --dry-run.
  std::string text() const;
};

// All it takes to make this pod where there is none.
std::vector<Step> make_steps(const Pod& pod, const PlayOptions& options);

// Tells whether the same pod would be made again.
std::string digest_of(const Pod& pod, const PlayOptions& options);

// A relative path is relative to the file it stands in.
std::string absolute_path(const Pod& pod, const std::string& path);

}  // namespace kube
