#pragma once

#include "pkg/base/time.hpp"
#include "pkg/containers/container.hpp"

#include <cstdint>
#include <optional>

namespace containers {

// What a container uses, and has used since it was started. All zero when it does not run.
struct Usage {
  base::Time at = 0;  // when it was looked at
  base::Time started = 0;
  std::int64_t processor = 0;  // nanoseconds of processor time
  std::int64_t memory = 0;     // bytes, without what the kernel would drop first (inactive files)
  std::int64_t memory_limit = 0;
  std::int64_t processes = 0;  // threads, as the kernel counts for the limit of processes
  // Bytes that went in and out of its network, and from and to disks. Nothing where that cannot be
  // told: the host's network is not the container's.
  struct Traffic {
    std::int64_t in = 0;
    std::int64_t out = 0;
  };
  std::optional<Traffic> network;
  std::optional<Traffic> disk;

  bool is_running() const { return started != 0; }
};

// From the files of its cgroup where it has one of its own with the controller, otherwise from
// /proc: of all its processes, and of the children that they have waited for.
Usage measure_usage(const home::Home& home, const Container& container);

}  // namespace containers
