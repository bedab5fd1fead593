#include "cmd/pod-runtime/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/size.hpp"
#include "pkg/base/text.hpp"
#include "pkg/bundle/lifecycle.hpp"
#include "pkg/sys/file.hpp"

#include <unistd.h>

namespace pod_runtime {
namespace {

struct Typed {
  std::string file;
  std::string memory;
  std::string memory_swap;
  std::string memory_reservation;
  std::optional<std::int64_t> cpu_shares;
  std::optional<std::int64_t> cpu_quota;
  std::optional<std::int64_t> cpu_period;
  std::optional<std::int64_t> cpu_burst;
  std::optional<std::int64_t> cpu_idle;
  std::optional<std::int64_t> pids;
  std::optional<std::int64_t> weight;
  std::string cpus;
  std::string mems;
};

std::optional<std::int64_t> size_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text == "-1" ? -1 : base::parse_size(text);
}

std::optional<std::uint64_t> positive(const std::optional<std::int64_t>& number) {
  if (!number) return std::nullopt;
  if (*number < 0) throw base::Error(std::to_string(*number) + ": expected no negative number");
  return static_cast<std::uint64_t>(*number);
}

oci::Resources resources_of(const Typed& typed) {
  oci::Resources resources;
  if (!typed.file.empty()) {
    const std::string text = typed.file == "-" ? sys::read_all(sys::Fd(::dup(STDIN_FILENO)))
                                               : sys::read_file(typed.file);
    return oci::Resources::parse_config(base::Json::parse(text));
  }
  resources.memory_limit = size_of(typed.memory);
  resources.memory_swap = size_of(typed.memory_swap);
  resources.memory_reservation = size_of(typed.memory_reservation);
  resources.cpu_shares = positive(typed.cpu_shares);
  resources.cpu_quota = typed.cpu_quota;
  resources.cpu_period = positive(typed.cpu_period);
  resources.cpu_burst = positive(typed.cpu_burst);
  resources.cpu_idle = typed.cpu_idle;
  resources.pids_limit = typed.pids;
  resources.io_weight = positive(typed.weight);
  resources.cpuset_cpus = typed.cpus;
  resources.cpuset_mems = typed.mems;
  return resources;
}

}  // namespace

int update(const Global& global, const cli::Arguments& arguments) {
  std::string id;
  Typed typed;

  cli::Options options("Change the limits of a container");
  options.value("-r,--resources", typed.file, "File with linux.resources, - for standard input")
      .value("--memory", typed.memory, "Limit of memory")
      .value("--memory-swap", typed.memory_swap, "Limit of memory and swap, -1 for none")
      .value("--memory-reservation", typed.memory_reservation, "Memory that it keeps")
      .value("--cpu-share", typed.cpu_shares, "Relative weight")
      .value("--cpu-quota", typed.cpu_quota, "Microseconds in each period, -1 for no limit")
      .value("--cpu-period", typed.cpu_period, "Length of a period in microseconds")
      .value("--cpu-burst", typed.cpu_burst, "Microseconds that may be saved up")
      .value("--cpu-idle", typed.cpu_idle, "1: runs when nobody else wants to")
      .value("--cpuset-cpus", typed.cpus, "Processors")
      .value("--cpuset-mems", typed.mems, "Memory nodes")
      .value("--pids-limit", typed.pids, "Limit of processes, -1 for none")
      .value("--blkio-weight", typed.weight, "Relative weight, 10 to 1000")
      .refuse("--cpu-rt-period,--cpu-rt-runtime,--kernel-memory,--kernel-memory-tcp")
      .refuse("--l3-cache-schema,--mem-bw-schema")
      .argument("CONTAINER", id);
  options.parse(arguments);

  bundle::update(bundle::load(global.root, id), resources_of(typed));
  return 0;
}

}  // namespace pod_runtime
