#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/oci/spec.hpp"

#include <string>

// Secrets of containers. A container has a copy of its own from the moment when it is made, in its
// folder, which only the user can read. It is shown to it as files in memory (home.runtime) while
// it runs, or as variables that no record has.
namespace containers {

// Copies what the options name into a container's folder, and completes the options with what the
// secrets are. Throws base::Error when one is missing.
void copy_secrets(const home::Home& home, Options& options, const std::string& folder);

// Those that are variables.
void add_secret_variables(const home::Home& home, const Container& container,
                          oci::Process& process);

// The file that is mounted for the secret with this number.
std::string secret_file(const home::Home& home, const Container& container, std::size_t number);
// Make these files, with the owner and mode that were asked for, and take them away. Called inside
// the user namespace.
void show_secrets(const home::Home& home, const Container& container);
void hide_secrets(const home::Home& home, const Container& container);

}  // namespace containers
