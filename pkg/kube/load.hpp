#pragma once

#include "pkg/kube/objects.hpp"

#include <string>
#include <vector>

namespace kube {

struct Loaded {
  std::vector<Pod> pods;             // in the order of the files
  std::vector<std::string> notices;  // "pod.yaml:3: kind Service: not supported yet"
};

// Reads and checks files of Kubernetes objects ("-" is standard input). Throws base::Error with a
// line for everything that is wrong.
Loaded load(const std::vector<std::string>& files);
// The same for a text that is at hand already; `folder` is what relative paths are relative to.
Loaded load_text(const std::string& text, const std::string& file, const std::string& folder);

// The names of the pods in files, without looking at what else they say.
std::vector<std::string> pod_names(const std::vector<std::string>& files);

}  // namespace kube
