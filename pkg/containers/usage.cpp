// A cgroup counts everything, also of processes that are gone. Where a container has none, or one
// without the controller, its processes are added up from /proc instead: the kernel adds the times
// and transfers of a child that was waited for to its parent, so they are not lost. What /proc
// cannot tell is memory that only the kernel holds for it, such as its cached files.
#include "pkg/containers/usage.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/namespaces.hpp"
#include "pkg/sys/processes.hpp"

#include <fmt/core.h>

#include <map>
#include <sstream>

#include <unistd.h>

namespace containers {
namespace {

using Numbers = std::map<std::string, std::int64_t>;

// Nothing when there is no such file, or its process has just ended, or is not ours to look at.
std::string text_of(const std::string& path) try {
  return sys::find_file(path).value_or("");
} catch (const base::SysError&) {
  return "";
}

// Lines such as "usage_usec 17", "Pss:  120 kB" and "rchar: 4".
Numbers numbers_in(const std::string& text) {
  Numbers numbers;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string key;
    std::int64_t value = 0;
    if (!(words >> key >> value)) continue;
    if (key.ends_with(':')) key.pop_back();
    numbers[key] = value;
  }
  return numbers;
}

std::int64_t number_in(const std::string& path, std::int64_t otherwise) {
  return base::parse_integer(base::trim(text_of(path))).value_or(otherwise);
}

// "8:0 rbytes=1 wbytes=2 rios=3 ..." for each device.
Usage::Traffic disk_of_cgroup(const std::string& io_stat) {
  Usage::Traffic disk;
  std::istringstream words(io_stat);
  for (std::string word; words >> word;) {
    const auto [key, value] = base::split_once(word, '=');
    const std::int64_t bytes = base::parse_integer(value.value_or("")).value_or(0);
    if (key == "rbytes") disk.in += bytes;
    if (key == "wbytes") disk.out += bytes;
  }
  return disk;
}

std::int64_t nanoseconds(std::int64_t ticks) {
  return ticks * (1'000'000'000 / ::sysconf(_SC_CLK_TCK));
}

void add_stat(Usage& usage, const std::string& stat) {
  const std::size_t name_end = stat.rfind(") ");
  if (name_end == std::string::npos) return;
  const auto fields = base::split(std::string_view(stat).substr(name_end + 2), ' ');
  if (fields.size() < 20) return;
  const auto field = [&](std::size_t at) { return base::parse_integer(fields[at]).value_or(0); };
  // proc_pid_stat(5): utime, stime, cutime, cstime, num_threads.
  usage.processor += nanoseconds(field(11) + field(12) + field(13) + field(14));
  usage.processes += field(17);
}

// Each page is counted once among those who share it.
std::int64_t memory_of(const std::string& process) {
  const Numbers rollup = numbers_in(text_of(process + "/smaps_rollup"));
  const auto shared_fairly = rollup.find("Pss");
  if (shared_fairly != rollup.end()) return shared_fairly->second * 1024;
  return numbers_in(text_of(process + "/status"))["VmRSS"] * 1024;
}

void add_processes(Usage& usage, pid_t first) {
  usage.disk.emplace();
  for (const sys::Sighting& each : sys::processes_of(first)) {
    const std::string process = fmt::format("/proc/{}", each.name.pid);
    add_stat(usage, text_of(process + "/stat"));
    usage.memory += memory_of(process);
    Numbers io = numbers_in(text_of(process + "/io"));
    usage.disk->in += io["read_bytes"];
    usage.disk->out += io["write_bytes"];
  }
}

void read_cgroup(Usage& usage, const std::string& cgroup) {
  Numbers processor = numbers_in(text_of(cgroup + "/cpu.stat"));
  if (processor.contains("usage_usec")) usage.processor = processor["usage_usec"] * 1000;
  const std::int64_t memory = number_in(cgroup + "/memory.current", -1);
  if (memory >= 0) {
    const std::int64_t idle = numbers_in(text_of(cgroup + "/memory.stat"))["inactive_file"];
    usage.memory = memory > idle ? memory - idle : memory;
    usage.memory_limit = number_in(cgroup + "/memory.max", usage.memory_limit);
  }
  usage.processes = number_in(cgroup + "/pids.current", usage.processes);
  const std::string io = text_of(cgroup + "/io.stat");
  if (sys::exists(cgroup + "/io.stat")) usage.disk = disk_of_cgroup(io);
}

// "  eth0: 1500 10 0 0 0 0 0 0  900 8 ...": bytes received are the first number, sent the ninth.
Usage::Traffic traffic_in(const std::string& devices) {
  Usage::Traffic all;
  for (const std::string& line : base::split(devices, '\n')) {
    const auto [name, numbers] = base::split_once(line, ':');
    if (!numbers || base::trim(name) == "lo") continue;
    std::istringstream words(*numbers);
    std::int64_t value = 0;
    for (int column = 0; words >> value; ++column) {
      if (column == 0) all.in += value;
      if (column == 8) all.out += value;
    }
  }
  return all;
}

std::optional<Usage::Traffic> network_of(pid_t first) {
  const auto theirs = sys::find_namespace(first, "net");
  if (!theirs) return std::nullopt;
  const sys::Fd ours = sys::open_namespace(::getpid(), "net");
  if (sys::namespace_identity(*theirs, "net") == sys::namespace_identity(ours, "net")) {
    return std::nullopt;
  }
  return traffic_in(text_of(fmt::format("/proc/{}/net/dev", first)));
}

std::int64_t memory_of_host() {
  return numbers_in(text_of("/proc/meminfo"))["MemTotal"] * 1024;
}

}  // namespace

Usage measure_usage(const home::Home& home, const Container& container) {
  Usage usage;
  usage.at = base::now();
  const State state = state_of(home, container);
  if (!state.is_running()) return usage;
  usage.started = state.started;
  usage.memory_limit = memory_of_host();
  add_processes(usage, state.process.pid);
  if (!state.cgroup.empty()) read_cgroup(usage, state.cgroup);
  usage.network = network_of(state.process.pid);
  return usage;
}

}  // namespace containers
