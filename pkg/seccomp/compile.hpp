#pragma once

#include "pkg/base/json.hpp"
#include "pkg/home/home.hpp"
#include "pkg/sys/caps.hpp"

#include <string>
#include <vector>

namespace seccomp {

// A filter's bytes: an array of struct sock_filter, ready for seccomp(2). Empty: no filter.
using Program = std::string;

// The default profile for a container with these capabilities. Compiled once and kept in
// home.cache; later calls read the file.
Program default_program(const home::Home& home, sys::CapabilitySet capabilities);

// A profile file in the peers' JSON format (containers-common's seccomp.json). Throws base::Error.
Program compile_profile(const home::Home& home, const std::string& path,
                        sys::CapabilitySet capabilities);

// The member linux.seccomp of a runtime configuration.
struct Filter {
  Program program;
  unsigned flags = 0;         // SECCOMP_FILTER_FLAG_*
  std::string listener_path;  // a socket; "" when nobody is asked about any call
  std::string listener_metadata;
};

// Throws base::Error naming the member. What is compiled is kept in `folder`, unless that is "".
Filter compile_filter(const base::Json& json, const std::string& folder);

std::vector<std::string> architecture_words();  // "SCMP_ARCH_X86"
std::vector<std::string> flag_words();          // "SECCOMP_FILTER_FLAG_LOG"
std::string library_version();

}  // namespace seccomp
