#include "pkg/cgroup/limits.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

namespace cgroup {
namespace {

constexpr std::uint64_t kPeriod = 100'000;  // microseconds, the kernel's default

// cpu.weight for cpu.shares, as the kernel's and the peers' formula maps 2..262144 to 1..10000.
std::uint64_t weight_of(std::uint64_t shares) {
  const std::uint64_t bounded = std::clamp<std::uint64_t>(shares, 2, 262144);
  return 1 + (bounded - 2) * 9999 / 262142;
}

// A limit; without one, nobody misses the controller.
Setting at_most(const char* controller, const char* file, std::int64_t value, const char* asked) {
  if (value < 0) return {controller, file, "max", ""};
  return {controller, file, std::to_string(value), asked};
}

void add_memory(std::vector<Setting>& settings, const oci::Resources& limits) {
  const std::int64_t memory = limits.memory_limit.value_or(0);
  const std::int64_t reserved = limits.memory_reservation.value_or(0);
  const std::int64_t with_swap = limits.memory_swap.value_or(0);
  if (memory != 0) settings.push_back(at_most("memory", "memory.max", memory, "memory limit"));
  if (reserved != 0) {
    settings.push_back(at_most("memory", "memory.low", reserved, "memory reservation"));
  }
  if (memory == 0 && with_swap == 0) return;
  // Version 2 counts swap alone. Nothing said: as much again, as the peers do.
  if (with_swap == 0) {
    Setting swap = at_most("memory", "memory.swap.max", memory, "");
    settings.push_back(std::move(swap));
  } else {
    const std::int64_t swap = with_swap < 0 || memory < 0 ? -1 : with_swap - memory;
    settings.push_back(at_most("memory", "memory.swap.max", swap, "limit of memory and swap"));
  }
}

void add_processors(std::vector<Setting>& settings, const oci::Resources& limits) {
  if (limits.cpu_shares.value_or(0) > 0) {
    settings.push_back(
        {"cpu", "cpu.weight", std::to_string(weight_of(*limits.cpu_shares)), "CPU shares"});
  }
  const std::int64_t quota = limits.cpu_quota.value_or(0);
  const std::uint64_t period = limits.cpu_period.value_or(0);
  if (quota != 0 || period != 0) {
    Setting limit = at_most("cpu", "cpu.max", quota > 0 ? quota : -1, "CPU limit");
    limit.value += " " + std::to_string(period > 0 ? period : kPeriod);
    settings.push_back(std::move(limit));
  }
  if (!limits.cpuset_cpus.empty()) {
    settings.push_back({"cpuset", "cpuset.cpus", limits.cpuset_cpus, "set of CPUs"});
  }
  if (!limits.cpuset_mems.empty()) {
    settings.push_back({"cpuset", "cpuset.mems", limits.cpuset_mems, "set of memory nodes"});
  }
}

// io.weight for blkio's weight, as the peers map 10..1000 to 1..10000.
std::uint64_t io_weight_of(std::uint64_t weight) {
  const std::uint64_t bounded = std::clamp<std::uint64_t>(weight, 10, 1000);
  return 1 + (bounded - 10) * 9999 / 990;
}

void add_block_devices(std::vector<Setting>& settings, const oci::Resources& limits) {
  if (limits.io_weight) {
    settings.push_back({"io", "io.weight",
                        "default " + std::to_string(io_weight_of(*limits.io_weight)),
                        "block I/O weight"});
  }
  for (const oci::DeviceWeight& device : limits.io_device_weights) {
    settings.push_back(
        {"io", "io.weight",
         fmt::format("{}:{} {}", device.major, device.minor, io_weight_of(device.weight)),
         "block I/O weight of a device"});
  }
  for (const oci::DeviceRate& device : limits.io_rates) {
    settings.push_back({"io", "io.max",
                        fmt::format("{}:{} {}={}", device.major, device.minor, device.what,
                                    device.rate == 0 ? "max" : std::to_string(device.rate)),
                        "block I/O rate of a device"});
  }
}

void add_rare(std::vector<Setting>& settings, const oci::Resources& limits) {
  if (limits.cpu_burst) {
    settings.push_back({"cpu", "cpu.max.burst", std::to_string(*limits.cpu_burst), "CPU burst"});
  }
  if (limits.cpu_idle) {
    settings.push_back({"cpu", "cpu.idle", std::to_string(*limits.cpu_idle), "CPU idle"});
  }
  for (const auto& [size, limit] : limits.huge_pages) {
    settings.push_back({"hugetlb", "hugetlb." + size + ".max", std::to_string(limit),
                        "limit of huge pages of " + size});
  }
  const auto count = [](const std::optional<std::uint32_t>& most) {
    return most ? std::to_string(*most) : std::string("max");
  };
  for (const auto& [device, limit] : limits.rdma) {
    settings.push_back({"rdma", "rdma.max",
                        fmt::format("{} hca_handle={} hca_object={}", device, count(limit.handles),
                                    count(limit.objects)),
                        "limit of RDMA device " + device});
  }
}

}  // namespace

std::vector<Setting> settings_of(const oci::Resources& limits) {
  std::vector<Setting> settings;
  add_memory(settings, limits);
  add_processors(settings, limits);
  if (limits.pids_limit) {
    const std::int64_t most = *limits.pids_limit > 0 ? *limits.pids_limit : -1;
    settings.push_back(at_most("pids", "pids.max", most, "limit of processes"));
  }
  add_block_devices(settings, limits);
  add_rare(settings, limits);
  for (const auto& [file, value] : limits.unified) {
    const std::size_t point = file.find('.');
    if (point == std::string::npos || point == 0 || file.find('/') != std::string::npos) {
      throw base::Error(file + ": not a file of a cgroup, such as memory.high");
    }
    settings.push_back({file.substr(0, point), file, value, "limit " + file});
  }
  return settings;
}

std::vector<std::string> asked_in(const std::vector<Setting>& settings) {
  std::vector<std::string> asked;
  for (const Setting& setting : settings) {
    if (!setting.asked.empty()) asked.push_back(setting.asked);
  }
  return asked;
}

}  // namespace cgroup
