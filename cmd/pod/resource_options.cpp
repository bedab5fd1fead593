#include "cmd/pod/container_options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/size.hpp"

#include <fmt/core.h>

#include <cmath>
#include <tuple>

namespace pod {
namespace {

constexpr std::int64_t kPeriod = 100'000;  // microseconds, the kernel's default
constexpr int kMostProcessors = 8192;      // of any kernel, NR_CPUS

std::optional<std::int64_t> parse_bytes(const char* flag, const std::string& text) {
  if (text.empty()) return std::nullopt;
  return with_flag(flag, [&] { return text == "-1" ? -1 : base::parse_size(text); });
}

std::optional<std::uint64_t> not_negative(const char* flag,
                                          const std::optional<std::int64_t>& value) {
  if (!value) return std::nullopt;
  if (*value < 0) throw base::Error(fmt::format("{}: {}: must not be negative", flag, *value));
  return static_cast<std::uint64_t>(*value);
}

}  // namespace

void ResourceFlags::declare_for_pod(cli::Options& options) {
  options.value("-m,--memory", memory, "Most memory: 512m, 2g")
      .value("--memory-swap", memory_swap, "Most memory and swap together; -1: no limit")
      .value("--cpus", cpus, "Processors it may use at once: 1.5")
      .value("-c,--cpu-shares", cpu_shares, "Its weight among others; 1024 is the default")
      .value("--cpuset-cpus", cpuset_cpus, "Processors it may use: 0-3,5")
      .value("--cpuset-mems", cpuset_mems, "Memory nodes it may use")
      .value("--blkio-weight", blkio_weight, "Its weight at disks among others: 10 to 1000")
      .values("--blkio-weight-device", blkio_device_weights, "The same at one: DEVICE:WEIGHT")
      .values("--device-read-bps", read_bps, "Most bytes a second read: DEVICE:1mb")
      .values("--device-write-bps", write_bps, "Most bytes a second written");
}

void ResourceFlags::declare(cli::Options& options) {
  declare_for_pod(options);
  options.value("--memory-reservation", memory_reservation, "Memory that is not taken from it")
      .value("--cpu-quota", cpu_quota, "Microseconds of processor time in a period")
      .value("--cpu-period", cpu_period, "The period's microseconds")
      .value("--pids-limit", pids_limit, "Most processes; -1: no limit")
      .list("--cgroup-conf", cgroup_conf, "File of the cgroup and its text: FILE=TEXT")
      .ignore_values("--kernel-memory")
      .values("--device-read-iops", read_iops, "Most reads a second: DEVICE:100")
      .values("--device-write-iops", write_iops, "Most writes a second")
      .refuse("--cpu-rt-period,--cpu-rt-runtime,--memory-swappiness,--oom-kill-disable",
              "version 2 of cgroups has no such setting");
}

void ResourceFlags::apply_disks(oci::Resources& out) const {
  if (!blkio_weight.empty() && blkio_weight != "0") {
    out.io_weight = with_flag("--blkio-weight", [&] { return parse_disk_weight(blkio_weight); });
  }
  for_each_value("--blkio-weight-device", blkio_device_weights, [&](const auto& text) {
    out.io_device_weights.push_back(parse_device_weight(text));
  });
  const std::tuple<const char*, const std::vector<std::string>&, const char*> rates[] = {
      {"--device-read-bps", read_bps, "rbps"},
      {"--device-write-bps", write_bps, "wbps"},
      {"--device-read-iops", read_iops, "riops"},
      {"--device-write-iops", write_iops, "wiops"}};
  for (const auto& [flag, values, what] : rates) {
    for_each_value(flag, values, [&, what = what](const auto& text) {
      out.io_rates.push_back(parse_device_rate(text, what));
    });
  }
}

void ResourceFlags::apply(oci::Resources& out) const {
  out.memory_limit = parse_bytes("--memory", memory);
  out.memory_swap = parse_bytes("--memory-swap", memory_swap);
  out.memory_reservation = parse_bytes("--memory-reservation", memory_reservation);
  if (out.memory_swap && !out.memory_limit) throw base::Error("--memory-swap needs --memory");
  if (out.memory_swap.value_or(-1) > 0 && *out.memory_swap < *out.memory_limit) {
    throw base::Error("--memory-swap counts the memory too: it must not be less than --memory");
  }
  if (!(cpus >= 0 && cpus <= kMostProcessors)) {
    throw base::Error(fmt::format("--cpus: not a number from 0 to {}", kMostProcessors));
  }
  if (cpus > 0 && (cpu_quota || cpu_period)) {
    throw base::Error("--cpus cannot be used with --cpu-quota or --cpu-period");
  }
  out.cpu_shares = not_negative("--cpu-shares", cpu_shares);
  out.cpu_quota = cpu_quota;
  out.cpu_period = not_negative("--cpu-period", cpu_period);
  if (cpus > 0) {
    out.cpu_quota = static_cast<std::int64_t>(std::llround(cpus * static_cast<double>(kPeriod)));
    out.cpu_period = static_cast<std::uint64_t>(kPeriod);
  }
  out.cpuset_cpus = cpuset_cpus;
  out.cpuset_mems = cpuset_mems;
  apply_disks(out);
  if (pids_limit) out.pids_limit = *pids_limit > 0 ? *pids_limit : -1;
  for_each_value("--cgroup-conf", cgroup_conf,
                 [&](const auto& text) { add_setting(out.unified, text); });
}

}  // namespace pod
