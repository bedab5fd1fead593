#pragma once

#include "pkg/home/home.hpp"
#include "pkg/registry/auth_file.hpp"

#include <string>

namespace pod_transfer {

// A line of standard input; the question goes to standard error, and only to a terminal.
std::string ask(const std::string& question);
// The same without showing what is typed. Interrupted, it leaves the terminal as it was.
std::string ask_secret(const std::string& question);
// All of standard input without its last line end.
std::string read_secret();

// The file that `login` and `logout` change; at most one of the two is named.
registry::AuthFile auth_file_of(const home::Home& home, const std::string& auth_file,
                                const std::string& compatible_file);

}  // namespace pod_transfer
