#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/home/home.hpp"

#include <string>

namespace transfer {

// While one lives, nothing in a container runs. One that does not run anyway is left alone.
class Standstill {
 public:
  // Throws base::Error when the container has no cgroup of its own (version 2), which is what the
  // kernel freezes.
  Standstill(const home::Home& home, const containers::Container& container);
  Standstill(const Standstill&) = delete;
  Standstill& operator=(const Standstill&) = delete;
  ~Standstill();

 private:
  std::string switch_;  // the file that holds "0" or "1"; "" when there is nothing to undo
};

}  // namespace transfer
