#pragma once

#include "pkg/home/home.hpp"

#include <string>

namespace transfer {

struct CopyRequest {
  std::string from;  // see copy_place.hpp
  std::string to;
  bool to_user = true;     // what comes into a container belongs to its user; false: as it was
  bool overwrite = false;  // directories by what is none, and the other way round
};

// `cp`: between this host and a container, or two containers. A stream is an archive.
void copy_files(const home::Home& home, const CopyRequest& request);

}  // namespace transfer
