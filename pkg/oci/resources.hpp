#pragma once

#include "pkg/base/json.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The member `linux.resources`; runtime-spec, config-linux.md, "Control groups".
namespace oci {

// Of block devices: a weight, or so many bytes or operations a second.
struct DeviceWeight {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::uint64_t weight = 0;

  friend bool operator==(const DeviceWeight&, const DeviceWeight&) = default;
};
struct DeviceRate {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::string what;  // as io.max calls it: "rbps", "wbps", "riops", "wiops"
  std::uint64_t rate = 0;

  friend bool operator==(const DeviceRate&, const DeviceRate&) = default;
};

struct RdmaLimit {
  std::optional<std::uint32_t> handles;
  std::optional<std::uint32_t> objects;

  friend bool operator==(const RdmaLimit&, const RdmaLimit&) = default;
};

struct Resources {
  std::optional<std::int64_t> memory_limit;
  std::optional<std::int64_t> memory_swap;  // memory and swap together; -1: no limit
  std::optional<std::int64_t> memory_reservation;
  bool checks_memory = false;  // a limit below what is used already is refused
  std::optional<std::uint64_t> cpu_shares;
  std::optional<std::int64_t> cpu_quota;  // microseconds per period
  std::optional<std::uint64_t> cpu_period;
  std::optional<std::uint64_t> cpu_burst;
  std::optional<std::int64_t> cpu_idle;
  std::string cpuset_cpus;
  std::string cpuset_mems;
  std::optional<std::int64_t> pids_limit;
  std::optional<std::uint64_t> io_weight;  // 10 to 1000
  std::vector<DeviceWeight> io_device_weights;
  std::vector<DeviceRate> io_rates;
  std::map<std::string, std::uint64_t> huge_pages;  // "2MB"
  std::map<std::string, RdmaLimit> rdma;            // "mlx5_0"
  bool denies_devices = false;                      // some rule of `devices` forbids something
  std::map<std::string, std::string> unified;

  // Whether no cgroup is needed for it.
  bool empty() const;

  static Resources parse(const base::Json& json);
  // Somebody else's: throws base::Error naming the member that we do not honour.
  static Resources parse_config(const base::Json& json);
  base::Json json() const;

  friend bool operator==(const Resources&, const Resources&) = default;
};

}  // namespace oci
