#pragma once

#include "cmd/cli/options.hpp"
#include "pkg/containers/report.hpp"
#include "pkg/pods/pod.hpp"

#include <string>

namespace pod {

// The flags of `logs` and `pod logs`.
struct LogFlags {
  containers::LogOptions plain;
  std::string tail = "-1";
  std::string since;
  std::string until;

  void declare(cli::Options& options);
  containers::LogOptions take() const;
};

// A container by the name it has in its pod, POD-NAME or NAME. Throws base::Error.
containers::Container member_of(const home::Home& home, const pods::Pod& pod,
                                const std::string& name);

}  // namespace pod
