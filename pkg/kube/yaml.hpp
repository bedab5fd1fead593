#pragma once

#include "pkg/kube/node.hpp"

#include <string>
#include <vector>

namespace kube {

// The documents of a YAML text; empty ones are left out. Throws base::Error that begins with
// "FILE:LINE: " for text that is not YAML, a key said twice, and texts that would grow beyond all
// measure: too long, too deep, or aliases of aliases.
std::vector<Node> parse_yaml(const std::string& text, const std::string& file);

}  // namespace kube
