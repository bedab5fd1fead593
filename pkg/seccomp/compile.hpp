#pragma once

#include "pkg/home/home.hpp"
#include "pkg/sys/caps.hpp"

#include <string>

namespace seccomp {

// A filter's bytes: an array of struct sock_filter, ready for seccomp(2). Empty: no filter.
using Program = std::string;

// The default profile for a container with these capabilities. Compiled once and kept in
// home.cache; later calls read the file.
Program default_program(const home::Home& home, sys::CapabilitySet capabilities);

// A profile file in the peers' JSON format (containers-common's seccomp.json). Throws base::Error.
Program compile_profile(const home::Home& home, const std::string& path,
                        sys::CapabilitySet capabilities);

}  // namespace seccomp
