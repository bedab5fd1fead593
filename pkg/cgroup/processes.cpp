#include "pkg/cgroup/processes.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <chrono>
#include <map>
#include <thread>

namespace cgroup {
namespace {

using base::Json;

std::string read(const std::string& path) {
  return std::string(base::trim(sys::find_file(path).value_or("")));
}

// "name 12" a line, as memory.stat has it.
std::map<std::string, std::int64_t> read_table(const std::string& path) {
  std::map<std::string, std::int64_t> table;
  for (const std::string& line : base::split(read(path), '\n')) {
    const auto [name, value] = base::split_once(line, ' ');
    table[name] = base::parse_integer(value.value_or("")).value_or(0);
  }
  return table;
}

// "max" is no limit: nothing is said then.
void put_number(Json& json, const char* key, const std::string& text) {
  if (const auto number = base::parse_integer(text)) json[key] = *number;
}

Json cpu_statistics(const std::string& path) {
  constexpr std::int64_t kNanoseconds = 1000;
  auto table = read_table(path + "/cpu.stat");
  return Json::object(
      {{"usage", Json::object({{"total", table["usage_usec"] * kNanoseconds},
                               {"kernel", table["system_usec"] * kNanoseconds},
                               {"user", table["user_usec"] * kNanoseconds}})},
       {"throttling", Json::object({{"periods", table["nr_periods"]},
                                    {"throttledPeriods", table["nr_throttled"]},
                                    {"throttledTime", table["throttled_usec"] * kNanoseconds}})}});
}

Json memory_statistics(const std::string& path) {
  Json usage = Json::object();
  put_number(usage, "limit", read(path + "/memory.max"));
  put_number(usage, "usage", read(path + "/memory.current"));
  put_number(usage, "max", read(path + "/memory.peak"));
  Json raw = Json::object();
  for (const auto& [name, value] : read_table(path + "/memory.stat")) {
    if (!name.empty()) raw[name] = value;
  }
  return Json::object({{"usage", std::move(usage)}, {"raw", std::move(raw)}});
}

Json pids_statistics(const std::string& path) {
  Json pids = Json::object();
  put_number(pids, "current", read(path + "/pids.current"));
  put_number(pids, "limit", read(path + "/pids.max"));
  return pids;
}

}  // namespace

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree.
std::vector<pid_t> processes_in(const std::string& path) {
  std::vector<pid_t> pids;
  for (const std::string& line : base::split(read(path + "/cgroup.procs"), '\n')) {
    if (const auto pid = base::parse_integer(line)) pids.push_back(static_cast<pid_t>(*pid));
  }
  for (const std::string& name : sys::list_dir(path)) {
    const std::string below = path + "/" + name;
    if (!sys::exists(below + "/cgroup.procs")) continue;
    const std::vector<pid_t> more = processes_in(below);
    pids.insert(pids.end(), more.begin(), more.end());
  }
  return pids;
}

void freeze(const std::string& path, bool is_frozen) {
  sys::write_all(sys::open_file(path + "/cgroup.freeze", O_WRONLY), is_frozen ? "1" : "0");
  const std::int64_t wanted = is_frozen ? 1 : 0;
  for (int attempt = 0; attempt < 2000; ++attempt) {
    if (read_table(path + "/cgroup.events")["frozen"] == wanted) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  throw base::Error(path + ": its processes do not stop");
}

bool is_frozen(const std::string& path) {
  return !path.empty() && read(path + "/cgroup.freeze") == "1";
}

void apply(const std::string& path, const std::vector<Setting>& settings) {
  for (const Setting& setting : settings) {
    const std::string file = path + "/" + setting.file;
    if (!sys::exists(file)) {
      if (setting.asked.empty()) continue;
      throw base::Error(setting.asked + ": the cgroup has no controller " + setting.controller);
    }
    try {
      sys::write_all(sys::open_file(file, O_WRONLY), setting.value);
    } catch (base::Error& error) {
      error.during(setting.asked.empty() ? setting.file : setting.asked);
      throw;
    }
  }
}

Json statistics(const std::string& path) {
  return Json::object({{"cpu", cpu_statistics(path)},
                       {"memory", memory_statistics(path)},
                       {"pids", pids_statistics(path)}});
}

}  // namespace cgroup
