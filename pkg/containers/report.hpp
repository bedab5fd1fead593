#pragma once

#include "pkg/base/json.hpp"
#include "pkg/containers/container.hpp"

#include <string>
#include <vector>

// What can be told about containers.
namespace containers {

// Those that fit all filters ("status=running", "name=REGEX", "label=a=b", "ancestor=IMAGE",
// "id=...", "pod=...", "exited=0", "before=C", "since=C", "volume=...", "network=...", "until=..."
// ...; same key ORs except label, different keys AND). Throws base::Error for an unknown key.
std::vector<Container> select(const home::Home& home, const std::vector<std::string>& filters,
                              bool running_only);

// podman's `container inspect` for one container.
base::Json inspect(const home::Home& home, const Container& container, bool size);

struct LogOptions {
  bool follow = false;
  bool timestamps = false;
  bool names = false;
  bool color = false;
  std::int64_t tail = -1;  // -1: all
  base::Time since = 0;
  base::Time until = 0;
};
// Standard output's lines go to ours, standard error's to ours; several containers line by line in
// the order of time. With `follow` until all have ended.
void print_logs(const home::Home& home, const std::vector<Container>& containers,
                const LogOptions& options);

// Rows of processes for ps(1)-like descriptors ("user", "pid", "ppid", "%C", "etime", "tty",
// "time", "args", "hpid", "huser", ...; default podman's). The first row is the header.
std::vector<std::vector<std::string>> top(const home::Home& home, const Container& container,
                                          const std::vector<std::string>& descriptors);

}  // namespace containers
