#pragma once

#include "pkg/home/home.hpp"
#include "pkg/transfer/publish.hpp"

#include <string>
#include <vector>

namespace transfer {

struct CommitOptions {
  std::string container;
  std::string name;  // of the image; "" for none
  std::string author;
  std::string message;
  std::vector<std::string> changes;  // as apply_change takes them
  Format format = Format::Oci;
  bool pause = false;            // nothing in the container runs meanwhile
  bool squash = false;           // one layer of everything
  bool include_volumes = false;  // what was mounted by the user is a volume of the image
};

// Makes an image of a container, running or not. Returns its id.
std::string commit(const home::Home& home, const CommitOptions& options);

}  // namespace transfer
