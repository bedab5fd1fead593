#pragma once

#include "pkg/home/home.hpp"
#include "storage/changes.hpp"

#include <string>
#include <vector>

namespace containers {

// Which objects a name may mean.
enum class ObjectKind { Any, Container, Image };

// Two trees, each as folders in overlay's form, topmost first.
struct Trees {
  std::vector<std::string> before;
  std::vector<std::string> after;
};

// The first object and what it is compared with: the second; else, of a container, its image, of an
// image, all layers but its topmost. Throws base::Error when there is no such object.
Trees trees_to_compare(const home::Home& home, const std::vector<std::string>& names,
                       ObjectKind kind);

// Without the places that only we have put something at. From inside the user's namespace.
std::vector<storage::Change> differences(const Trees& trees);

}  // namespace containers
