#include "pkg/cgroup/cgroup.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace cgroup {
namespace {

constexpr const char* kRoot = "/sys/fs/cgroup";

bool is_version_2() {
  struct statfs facts {};
  return ::statfs(kRoot, &facts) == 0 && facts.f_type == CGROUP2_SUPER_MAGIC;
}

// "/user.slice/user-1000.slice/...", from the line "0::/...".
std::string own_path() {
  for (const std::string& line : base::split(sys::read_file("/proc/self/cgroup"), '\n')) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return "/";
}

// Making a cgroup there and moving a process of ours into it takes the right to write both.
bool is_ours(const std::string& path) {
  return ::access(path.c_str(), W_OK) == 0 && ::access((path + "/cgroup.procs").c_str(), W_OK) == 0;
}

std::vector<std::string> words_in(const std::string& file) {
  std::vector<std::string> words = base::split(base::trim(sys::find_file(file).value_or("")), ' ');
  std::erase(words, "");
  return words;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// False when the kernel refuses: a cgroup that holds processes itself cannot give controllers to
// those below it (cgroups(7), "no internal processes").
bool enable(const std::string& path, const std::string& controller) {
  if (contains(words_in(path + "/cgroup.subtree_control"), controller)) return true;
  if (!contains(words_in(path + "/cgroup.controllers"), controller)) return false;
  try {
    sys::write_all(sys::open_file(path + "/cgroup.subtree_control", O_WRONLY), "+" + controller);
    return true;
  } catch (const base::SysError&) {
    return false;
  }
}

// cpu.weight for cpu.shares, as the kernel's and the peers' formula maps 2..262144 to 1..10000.
std::uint64_t weight_of(std::uint64_t shares) {
  const std::uint64_t bounded = std::clamp<std::uint64_t>(shares, 2, 262144);
  return 1 + (bounded - 2) * 9999 / 262142;
}

struct Setting {
  std::string controller;
  std::string file;
  std::string value;
  std::string asked;  // in the user's words
};

std::string number_or_max(std::int64_t value) {
  return value < 0 ? "max" : std::to_string(value);
}

void add_memory(std::vector<Setting>& settings, const oci::Resources& limits) {
  if (limits.memory_limit) {
    settings.push_back(
        {"memory", "memory.max", number_or_max(*limits.memory_limit), "memory limit"});
  }
  if (limits.memory_reservation) {
    settings.push_back(
        {"memory", "memory.low", number_or_max(*limits.memory_reservation), "memory reservation"});
  }
  if (limits.memory_swap) {  // version 2 counts swap alone
    const std::int64_t swap =
        *limits.memory_swap < 0 ? -1 : *limits.memory_swap - limits.memory_limit.value_or(0);
    settings.push_back({"memory", "memory.swap.max", number_or_max(swap), "memory and swap limit"});
  }
}

std::vector<Setting> settings_of(const oci::Resources& limits) {
  std::vector<Setting> settings;
  add_memory(settings, limits);
  if (limits.cpu_shares && *limits.cpu_shares > 0) {
    settings.push_back(
        {"cpu", "cpu.weight", std::to_string(weight_of(*limits.cpu_shares)), "CPU shares"});
  }
  if (limits.cpu_quota || limits.cpu_period) {
    settings.push_back({"cpu", "cpu.max",
                        number_or_max(limits.cpu_quota.value_or(-1)) + " " +
                            std::to_string(limits.cpu_period.value_or(100'000)),
                        "CPU limit"});
  }
  if (!limits.cpuset_cpus.empty()) {
    settings.push_back({"cpuset", "cpuset.cpus", limits.cpuset_cpus, "set of CPUs"});
  }
  if (!limits.cpuset_mems.empty()) {
    settings.push_back({"cpuset", "cpuset.mems", limits.cpuset_mems, "set of memory nodes"});
  }
  if (limits.pids_limit) {
    const std::int64_t most = *limits.pids_limit <= 0 ? -1 : *limits.pids_limit;
    settings.push_back({"pids", "pids.max", number_or_max(most), "limit of processes"});
  }
  for (const auto& [file, value] : limits.unified) {
    settings.push_back({file.substr(0, file.find('.')), file, value, "limit " + file});
  }
  return settings;
}

// Makes `name` below the delegation component by component; each but the last passes the
// controllers on.
std::string make_path(const Delegation& delegation, const std::string& name,
                      const std::vector<Setting>& settings) {
  std::string path = delegation.path;
  for (const std::string& component : base::split(name, '/')) {
    for (const Setting& setting : settings)
      enable(path, setting.controller);
    path += "/" + component;
    sys::make_dir(path);
  }
  return path;
}

}  // namespace

Delegation find_delegation() {
  if (!is_version_2()) {
    return {"", "this host does not have cgroups of version 2 at /sys/fs/cgroup", {}};
  }
  // The topmost cgroup on our way to the root that is ours: it is free of processes more likely
  // than the one we are in, and a process may be moved from here to anywhere below it.
  std::string found;
  std::string path = kRoot + own_path();
  while (path.size() > std::string_view(kRoot).size() && is_ours(path)) {
    found = path;
    path.erase(path.rfind('/'));
  }
  if (found.empty()) {
    return {"",
            "no cgroup is delegated to this user where we run: start from a login session of "
            "systemd, or with `systemd-run --user --scope -p Delegate=yes`",
            {}};
  }
  return {found, "", words_in(found + "/cgroup.controllers")};
}

Cgroup::Cgroup(std::string path, sys::Fd directory)
    : path_(std::move(path)), directory_(std::move(directory)) {}

Cgroup Cgroup::make(const Delegation& delegation, const std::string& name,
                    const oci::Resources& limits, std::vector<std::string>& unmet) try {
  const std::vector<Setting> settings = settings_of(limits);
  std::string path = make_path(delegation, name, settings);
  for (const Setting& setting : settings) {
    if (!sys::exists(path + "/" + setting.file)) {
      unmet.push_back(setting.asked);
      continue;
    }
    try {
      sys::write_all(sys::open_file(path + "/" + setting.file, O_WRONLY), setting.value);
    } catch (base::Error& error) {
      error.during(setting.asked + " " + setting.value);
      remove(path);
      throw;
    }
  }
  sys::Fd directory = sys::open_dir(path);
  return {std::move(path), std::move(directory)};
} catch (base::Error& error) {
  error.during("make cgroup " + name);
  throw;
}

void remove(const std::string& path) {
  if (path.empty() || !sys::exists(path)) return;
  const sys::Fd kill(::open((path + "/cgroup.kill").c_str(), O_WRONLY | O_CLOEXEC));
  if (kill) (void)!::write(kill.get(), "1", 1);
  // Processes leave a little after their end; EBUSY until then.
  for (int attempt = 0; attempt < 200; ++attempt) {
    for (const std::string& name : sys::list_dir(path)) {
      if (name.find('.') == std::string::npos) ::rmdir((path + "/" + name).c_str());
    }
    if (::rmdir(path.c_str()) == 0 || errno == ENOENT) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

bool was_oom_killed(const std::string& path) {
  for (const std::string& line :
       base::split(sys::find_file(path + "/memory.events").value_or(""), '\n')) {
    if (line.starts_with("oom_kill ")) return line != "oom_kill 0";
  }
  return false;
}

void move_process(const std::string& path, pid_t pid) {
  sys::write_all(sys::open_file(path + "/cgroup.procs", O_WRONLY), std::to_string(pid));
}

}  // namespace cgroup
