// Who may make cgroups where. A subtree is ours when its folder and its cgroup.procs are. systemd
// owns all that it made itself, also in the user's name; others may work below units that it
// delegates (systemd.io/CGROUP_DELEGATION). PID 1 marks these, the user's own systemd does not, and
// a process in an ordinary terminal is in none: who needs limits there has to ask for a unit.
#include "pkg/cgroup/delegation.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/cgroup/scope.hpp"
#include "pkg/cgroup/systemd.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace cgroup {
namespace {

constexpr const char* kRoot = "/sys/fs/cgroup";

bool is_version_2() {
  struct statfs facts {};
  return ::statfs(kRoot, &facts) == 0 && facts.f_type == CGROUP2_SUPER_MAGIC;
}

// Making a cgroup there and moving a process of ours into it takes the right to write both.
bool is_ours(const std::string& path) {
  return ::access(path.c_str(), W_OK) == 0 && ::access((path + "/cgroup.procs").c_str(), W_OK) == 0;
}

// Its processes are in init.scope: a systemd rules here.
bool is_managed(const std::string& path) {
  return sys::exists(path + "/init.scope");
}

bool is_marked(const std::string& path) {
  std::array<char, 8> value{};
  const ssize_t size = ::getxattr(path.c_str(), "user.delegate", value.data(), value.size());
  return size == 1 && value[0] == '1';
}

std::vector<std::string> words_in(const std::string& file) {
  std::vector<std::string> words = base::split(base::trim(sys::find_file(file).value_or("")), ' ');
  std::erase(words, "");
  return words;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The root of the hierarchy, which has no type, may. Elsewhere the kernel refuses some controllers
// then, but takes others, and refuses processes below.
bool holds_processes(const std::string& path) {
  return sys::exists(path + "/cgroup.type") &&
         !sys::find_file(path + "/cgroup.procs").value_or("").empty();
}

std::string parent_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

std::string own_path() {
  return path_in(sys::read_file("/proc/self/cgroup"));
}

// Of the cgroup of a container: that of the unit which it is in, "" when none has been split for
// it.
std::string unit_above(std::string path) {
  while (path.size() > std::string(kRoot).size()) {
    path = parent_of(path);
    if (path.ends_with(".scope") || path.ends_with(".service")) {
      return sys::exists(path + "/" + kLeaf) ? path : "";
    }
  }
  return "";
}

// Controllers that settings need and this subtree cannot give them.
std::vector<std::string> missing(const Delegation& delegation,
                                 const std::vector<Setting>& settings) {
  std::vector<std::string> missing;
  for (const Setting& setting : settings) {
    if (setting.asked.empty() || setting.controller == "cgroup") continue;
    if (delegation.path.empty() || !enable(delegation.path, setting.controller)) {
      if (!contains(missing, setting.controller)) missing.push_back(setting.controller);
    }
  }
  return missing;
}

std::string why_missing(const Delegation& delegation, const std::vector<std::string>& missing) {
  if (delegation.path.empty()) return delegation.reason;
  const bool is_busy = std::all_of(
      missing.begin(), missing.end(),
      [&](const std::string& controller) { return contains(delegation.controllers, controller); });
  if (is_busy) return delegation.path + " holds processes itself: they belong into one below it";
  return fmt::format("{} has no controller {}", delegation.path, base::join(missing, ", "));
}

std::string not_handed(const std::vector<std::string>& missing) {
  const std::vector<std::string> known = words_in(std::string(kRoot) + "/cgroup.controllers");
  const bool is_unknown =
      std::none_of(missing.begin(), missing.end(),
                   [&](const std::string& controller) { return contains(known, controller); });
  if (is_unknown) return "this kernel has no controller " + base::join(missing, ", ");
  return fmt::format("systemd does not hand {} to this user (Delegate= of user@.service)",
                     base::join(missing, ", "));
}

}  // namespace

std::string path_in(std::string_view text) {
  for (const std::string& line : base::split(text, '\n')) {
    if (line.starts_with("0::/")) return line.substr(3);
  }
  return "/";
}

Delegation find_delegation() {
  if (!is_version_2()) {
    return {"", "this host does not have cgroups of version 2 at /sys/fs/cgroup", {}};
  }
  return find_delegation(kRoot, own_path());
}

Delegation find_delegation(const std::string& root, const std::string& own) {
  std::string top;
  std::string marked;
  if (own.find("/..") != std::string::npos)
    return {"", "we run outside of our cgroup namespace", {}};
  for (std::string path = own == "/" ? root : root + own; path.size() >= root.size();
       path = parent_of(path)) {
    if (!is_ours(path)) continue;
    top = path;
    if (marked.empty() && !is_managed(path) && is_marked(path)) marked = path;
  }
  if (!marked.empty()) top = marked;
  if (top.empty() || is_managed(top)) {
    return {"", "no cgroup is delegated to this user where we run", {}};
  }
  return {top, "", words_in(top + "/cgroup.controllers")};
}

bool enable(const std::string& path, const std::string& controller) {
  if (contains(words_in(path + "/cgroup.subtree_control"), controller)) return true;
  if (!contains(words_in(path + "/cgroup.controllers"), controller)) return false;
  if (holds_processes(path)) return false;
  try {
    sys::write_all(sys::open_file(path + "/cgroup.subtree_control", O_WRONLY), "+" + controller);
    return true;
  } catch (const base::SysError&) {
    return false;
  }
}

Delegation enter_scope(uid_t uid, const std::string& unit, const std::string& slice) {
  move_into_scope(uid, unit, slice);
  const std::string path = kRoot + own_path();
  const std::string leaf = path + "/" + kLeaf;
  sys::make_dir(leaf);
  sys::write_all(sys::open_file(leaf + "/cgroup.procs", O_WRONLY), std::to_string(::getpid()));
  return {path, "", words_in(path + "/cgroup.controllers")};
}

Delegation delegation_for(const std::vector<Setting>& settings, Delegation at_hand, uid_t uid,
                          const std::string& slice) {
  const std::vector<std::string> lacking = missing(at_hand, settings);
  const bool is_elsewhere = at_hand.path.empty() && !slice.empty();
  if (lacking.empty() && !is_elsewhere) return at_hand;
  const bool is_scope = at_hand.path.ends_with(usual_place(uid, slice));
  at_hand.reason = is_scope ? not_handed(lacking) : why_missing(at_hand, lacking);
  if (is_scope || !is_version_2()) return at_hand;
  try {
    Delegation scope = share_scope(uid, slice);
    const std::vector<std::string> still = missing(scope, settings);
    if (!still.empty()) scope.reason = not_handed(still);
    return scope;
  } catch (const base::Error& error) {
    at_hand.reason += fmt::format(", and {}", error.what());
    return at_hand;
  }
}

Delegation split_own() {
  std::string own = own_path();
  const std::string leaf = std::string("/") + kLeaf;
  if (own.ends_with(leaf)) own.resize(own.size() - leaf.size());  // it has been split before
  const std::string path = kRoot + own;
  if (!is_version_2() || !is_ours(path)) {
    return {"", path + ", which was to be split, is not ours (Delegate= of its unit)", {}};
  }
  sys::make_dir(path + leaf);
  for (const std::string& process : base::split(sys::read_file(path + "/cgroup.procs"), '\n')) {
    if (process.empty()) continue;
    const sys::Fd processes = sys::open_file(path + leaf + "/cgroup.procs", O_WRONLY);
    (void)!::write(processes.get(), process.data(), process.size());  // it may be gone by now
  }
  return {path, "", words_in(path + "/cgroup.controllers")};
}

Delegation delegation_at(const std::string& path) {
  if (path.find("/..") != std::string::npos || !is_ours(kRoot + path)) {
    return {"", "cgroup " + path + " is not there or not ours to write", {}};
  }
  return {kRoot + path, "", words_in(kRoot + path + "/cgroup.controllers")};
}

std::vector<std::string> controllers_of_scopes(uid_t uid) {
  const std::string manager =
      uid == 0 ? "" : fmt::format("/user.slice/user-{0}.slice/user@{0}.service", uid);
  return words_in(kRoot + manager + "/cgroup.controllers");
}

void come_near(const std::string& path, uid_t uid) {
  const std::string unit = unit_above(path);
  if (unit.empty()) return;
  std::string common = kRoot + own_path();
  while (!unit.starts_with(common + "/") && common != unit)
    common = parent_of(common);
  if (is_ours(common)) return;
  attach_to_unit(uid, unit.substr(unit.rfind('/') + 1), std::string("/") + kLeaf);
}

}  // namespace cgroup
