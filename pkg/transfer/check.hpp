#pragma once

#include "pkg/home/home.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace transfer {

// What is wrong with things of one kind: faults by id.
using Damage = std::map<std::string, std::vector<std::string>>;

struct CheckOptions {
  bool quick = false;                                          // does not read the bodies of files
  std::chrono::nanoseconds most_age = std::chrono::hours(24);  // of layers that no image has
};

struct Findings {
  Damage layers;
  Damage images;  // a damaged layer damages the images on it, and these their containers
  Damage containers;
  Damage volumes;
  std::vector<std::string> leftovers;  // paths that killed commands left: no damage

  bool is_sound() const {
    return layers.empty() && images.empty() && containers.empty() && volumes.empty();
  }
};

// Looks at everything in the store: records are read, trees compared with the archives that they
// came from, and these made again and held against their checksums. Changes nothing. From inside
// the user's namespace.
Findings check(const home::Home& home, const CheckOptions& options);

struct Repaired {
  std::vector<std::string> layers;
  std::vector<std::string> images;
  std::vector<std::string> containers;
};
// Takes away what is damaged, so that it can be pulled again. An image that a container uses keeps
// its names and its containers, unless `force`, and lacks the damaged layers until it is pulled;
// what runs keeps all.
Repaired repair(const home::Home& home, const Findings& findings, bool force);

}  // namespace transfer
