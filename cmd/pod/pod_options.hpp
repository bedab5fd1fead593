#pragma once

#include "cmd/cli/options.hpp"
#include "pkg/pods/pod.hpp"

#include <string>
#include <vector>

namespace pod {

// The flags of `pod create` and `pod clone` for what all containers of the pod have.
struct MemberFlags {
  std::vector<std::string> volumes;
  std::vector<std::string> volumes_from;
  std::vector<std::string> devices;
  std::vector<std::string> security;
  std::string restart;
  std::string pid;
  std::string uts;

  void declare(cli::Options& options);
  void apply(pods::Options& out) const;

 private:
  void apply_namespaces(pods::Options& out, containers::Options& members) const;
};

}  // namespace pod
