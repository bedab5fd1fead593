#pragma once

#include <string>
#include <vector>

namespace kube {

// Sees to it that a path of the host is what its Kubernetes type says ("Directory", "FileOrCreate",
// ...) and makes it when the type says that too. Returns what it made, outermost first. Throws
// base::Error.
std::vector<std::string> ensure_host_path(const std::string& path, const std::string& type);

}  // namespace kube
