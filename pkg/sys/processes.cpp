#include "pkg/sys/processes.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <set>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sys {
namespace {

std::string mount_namespace_of(pid_t pid) {
  std::array<char, 64> link{};
  const std::string path = "/proc/" + std::to_string(pid) + "/ns/mnt";
  const ssize_t size = ::readlink(path.c_str(), link.data(), link.size());
  return size > 0 ? std::string(link.data(), static_cast<std::size_t>(size)) : "";
}

// "NSpid: 4711 1": as each PID namespace counts it, its own one last.
bool is_first_of_namespace(pid_t pid) {
  const std::string status = find_file("/proc/" + std::to_string(pid) + "/status").value_or("");
  for (const std::string& line : base::split(status, '\n')) {
    if (line.starts_with("NSpid:")) return line.ends_with("\t1");
  }
  return true;  // it has ended
}

std::optional<Sighting> parse(pid_t pid, const std::string& stat) {
  // The second field is the program's name in parentheses and may hold anything.
  const std::size_t name_end = stat.rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  const auto fields = base::split(std::string_view(stat).substr(name_end + 2), ' ');
  if (fields.size() < 20 || fields[0].empty()) return std::nullopt;
  const auto start = static_cast<std::uint64_t>(base::parse_integer(fields[19]).value_or(0));
  const auto parent = static_cast<pid_t>(base::parse_integer(fields[1]).value_or(0));
  return Sighting{{pid, start}, parent, fields[0].front()};
}

}  // namespace

std::optional<Sighting> sight(pid_t pid) try {
  const auto stat = find_file("/proc/" + std::to_string(pid) + "/stat");
  return stat ? parse(pid, *stat) : std::nullopt;
} catch (const base::SysError&) {
  return std::nullopt;  // it ended between open and read
}

std::vector<Sighting> list_processes() {
  std::vector<Sighting> all;
  for (const std::string& name : list_dir("/proc")) {
    const auto pid = base::parse_integer(name);
    const auto seen = pid ? sight(static_cast<pid_t>(*pid)) : std::nullopt;
    if (seen) all.push_back(*seen);
  }
  std::sort(all.begin(), all.end(),
            [](const Sighting& a, const Sighting& b) { return a.name.pid < b.name.pid; });
  return all;
}

std::vector<Sighting> processes_of(pid_t first) {
  const std::string home = mount_namespace_of(first);
  if (home.empty()) return {};
  const std::vector<Sighting> all = list_processes();
  std::set<pid_t> members = {first};
  const bool is_ours = home == mount_namespace_of(::getpid());  // then it says nothing
  for (const Sighting& each : all) {
    if (!is_ours && mount_namespace_of(each.name.pid) == home) members.insert(each.name.pid);
  }
  for (std::size_t before = 0; before != members.size();) {
    before = members.size();
    for (const Sighting& each : all) {
      if (members.contains(each.parent)) members.insert(each.name.pid);
    }
  }
  std::vector<Sighting> found;
  std::copy_if(all.begin(), all.end(), std::back_inserter(found),
               [&](const Sighting& each) { return members.contains(each.name.pid); });
  return found;
}

std::optional<Fd> mounts_of_survivors(pid_t pid) {
  if (is_first_of_namespace(pid)) return std::nullopt;
  const std::string mounts = mount_namespace_of(pid);
  if (mounts.empty() || mounts == mount_namespace_of(::getpid())) return std::nullopt;
  Fd held(::open(("/proc/" + std::to_string(pid) + "/ns/mnt").c_str(), O_RDONLY | O_CLOEXEC));
  if (!held) return std::nullopt;
  return held;
}

void kill_all_in(const Fd& mount_namespace) {
  struct stat status {};
  if (::fstat(mount_namespace.get(), &status) != 0) throw base::SysError("mount namespace");
  const std::string mounts = "mnt:[" + std::to_string(status.st_ino) + "]";
  constexpr int kMostTimes = 500;
  for (int i = 0; i < kMostTimes; ++i) {
    bool is_any = false;
    for (const Sighting& each : list_processes()) {
      if (each.has_ended() || mount_namespace_of(each.name.pid) != mounts) continue;
      is_any = true;
      if (const auto process = open_process(each.name)) send_signal(*process, SIGKILL);
    }
    if (!is_any) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace sys
