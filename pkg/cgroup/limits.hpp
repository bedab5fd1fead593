#pragma once

#include "pkg/oci/spec.hpp"

#include <string>
#include <vector>

namespace cgroup {

// One file of a cgroup and the text that goes into it.
struct Setting {
  std::string controller;  // "memory"; the part of the file's name before the first point
  std::string file;        // "memory.max"
  std::string value;
  std::string asked;  // in the user's words; "" when nobody would miss it

  friend bool operator==(const Setting&, const Setting&) = default;
};

// What version 2 calls what was asked for. See the kernel's admin-guide/cgroup-v2.rst. Throws
// base::Error for a file that cannot be one of a cgroup.
std::vector<Setting> settings_of(const oci::Resources& limits);

// What of it somebody asked for, in the user's words.
std::vector<std::string> asked_in(const std::vector<Setting>& settings);

}  // namespace cgroup
