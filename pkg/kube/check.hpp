#pragma once

#include "pkg/kube/node.hpp"
#include "pkg/kube/report.hpp"
#include "pkg/kube/schema.hpp"

#include <string>
#include <vector>

namespace kube {

// Holds a Pod against the tables: fields that are unknown, missing, of a wrong kind or said twice
// are errors, fields that we do not act on are notices. `path` is where the Pod stands ("" or
// "items[2]").
void check(const Node& pod, const std::string& path, Report& report);

// "" when `text` is one of the words, else what to say: "tcp is not one of TCP, UDP; did you mean
// TCP?"
std::string not_one_of(const std::string& text, const std::vector<std::string>& words);

// "spec" and "containers" give "spec.containers"; an empty path is the document itself.
std::string join(const std::string& path, std::string_view key);
std::string join(const std::string& path, std::size_t index);  // "containers[0]"

}  // namespace kube
