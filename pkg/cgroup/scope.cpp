// One scope for all containers: weights weigh containers against each other only below one cgroup,
// and systemd is asked to make it only once. Who comes later walks in where the way there is ours
// (from a unit of the user's systemd). From a login's session it is not, since moving takes the
// right to write what is above both (cgroups(7)): there systemd moves us, which it does without
// making anything. The scope goes with its last process, so the next may find it gone at any step.
#include "pkg/cgroup/scope.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/cgroup/systemd.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <chrono>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace cgroup {
namespace {

constexpr const char* kRoot = "/sys/fs/cgroup";
constexpr int kAttempts = 50;
constexpr std::chrono::milliseconds kPause(20);

std::string stem_of(const std::string& slice) {
  return slice.substr(0, slice.rfind(".slice"));
}

std::string unit_for(const std::string& slice) {
  return slice.empty() ? "pod.scope" : "pod-" + stem_of(slice) + ".scope";
}

// systemd.slice(5): a-b.slice is inside of a.slice.
std::string path_of_slice(const std::string& slice) {
  std::string path;
  std::string name;
  for (const std::string& part : base::split(stem_of(slice), '-')) {
    name += (name.empty() ? "" : "-") + part;
    path += "/" + name + ".slice";
  }
  return path;
}

// The scope that this process is in, in its leaf.
Delegation entered(const std::string& unit) {
  const std::string own = path_in(sys::read_file("/proc/self/cgroup"));
  const std::string leaf = std::string("/") + kLeaf;
  if (!own.ends_with("/" + unit + leaf)) {
    throw base::Error("systemd has not moved us into " + unit + " but into " + own);
  }
  const std::string path = kRoot + own.substr(0, own.size() - leaf.size());
  return {path, "", base::split(base::trim(sys::read_file(path + "/cgroup.controllers")), ' ')};
}

bool walk_in(const std::string& scope) {
  const std::string file = fmt::format("{}{}/{}/cgroup.procs", kRoot, scope, kLeaf);
  const sys::Fd processes(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  const std::string self = std::to_string(::getpid());
  return processes && ::write(processes.get(), self.data(), self.size()) > 0;
}

bool be_moved_in(uid_t uid, const std::string& unit) try {
  attach_to_unit(uid, unit, std::string("/") + kLeaf);
  return true;
} catch (const base::Error&) {
  return false;  // most often there is no such unit yet
}

}  // namespace

std::string usual_place(uid_t uid, const std::string& slice) {
  const std::string above =
      uid == 0 ? "" : fmt::format("/user.slice/user-{0}.slice/user@{0}.service", uid);
  const std::string usual = uid == 0 ? "/system.slice" : "/app.slice";
  return above + (slice.empty() ? usual : path_of_slice(slice)) + "/" + unit_for(slice);
}

Delegation share_scope(uid_t uid, const std::string& slice) {
  const std::string unit = unit_for(slice);
  for (int attempt = 0;; ++attempt) {
    const std::string usual = usual_place(uid, slice);
    if (walk_in(usual)) return entered(unit);
    const bool is_there = sys::exists(kRoot + usual);
    if (is_there && be_moved_in(uid, unit)) return entered(unit);
    try {
      return enter_scope(uid, unit, slice);
    } catch (const base::Error&) {
      if (!is_there && be_moved_in(uid, unit)) return entered(unit);
      if (attempt == kAttempts || systemd_socket(uid).empty()) throw;
    }
    std::this_thread::sleep_for(kPause);  // somebody else makes it, or it is about to go
  }
}

}  // namespace cgroup
