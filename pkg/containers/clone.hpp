#pragma once

#include "pkg/containers/container.hpp"

#include <optional>
#include <string>
#include <vector>

namespace containers {

struct CloneOptions {
  std::string name;                  // "": NAME-clone, or with a number behind it
  std::string image;                 // "": the original's
  std::string pod;                   // id; "": the original's
  oci::Resources resources;          // what is there replaces what the original has
  std::optional<Options> inherited;  // of the pod: see inherit.hpp
  std::vector<std::string> create_command;
};

// A new container of what was asked for the original: not of what that has written since, and with
// anonymous volumes of its own. Throws base::Error as `create` does.
Container clone(const home::Home& home, const Container& original, const CloneOptions& wanted);

// "web-clone", "web-clone1" ...: one that nobody has just now.
std::string clone_name(const home::Home& home, const std::string& name);

}  // namespace containers
