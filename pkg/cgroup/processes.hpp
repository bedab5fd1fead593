#pragma once

#include "pkg/base/json.hpp"
#include "pkg/cgroup/limits.hpp"

#include <string>
#include <vector>

#include <sys/types.h>

// A cgroup that has processes in it.
namespace cgroup {

// All of it and below.
std::vector<pid_t> processes_in(const std::string& path);

// Stops all of them, or lets them go on, and waits until that is so. Throws base::Error.
void freeze(const std::string& path, bool is_frozen);
bool is_frozen(const std::string& path);

// Sets further limits. Throws base::Error for those that cannot be had.
void apply(const std::string& path, const std::vector<Setting>& settings);

// What the kernel counts there, in the words of the peers' `events --stats`: cpu, memory, pids,
// blkio.
base::Json statistics(const std::string& path);

}  // namespace cgroup
