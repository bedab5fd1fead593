#pragma once

#include "pkg/kube/node.hpp"
#include "pkg/kube/objects.hpp"
#include "pkg/kube/report.hpp"

#include <string>

namespace kube {

// A document of kind Pod as structs. What is wrong with it goes to the report; the result is of use
// only when that has no errors.
Pod decode_pod(const Node& document, const std::string& path, Report& report);

// "a-z", digits and dashes, at most 63: the names of containers and volumes.
bool is_dns_label(std::string_view text);
// Labels with dots between, at most 253: the names of pods.
bool is_dns_subdomain(std::string_view text);

}  // namespace kube
