#pragma once

#include "pkg/cgroup/limits.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace cgroup {

// Where this user may make cgroups of version 2: a delegated subtree that we can reach from the
// cgroup we are in. Nothing when there is none; `reason` then says why, for `pod info` and for the
// one line when limits were asked for.
struct Delegation {
  std::string path;  // "/sys/fs/cgroup/user.slice/..."; "" when there is none
  std::string reason;
  std::vector<std::string> controllers;  // that can be enabled below it
};
Delegation find_delegation();

// The same for whoever is in the cgroup `own` ("/user.slice/...") of the hierarchy at `root`.
Delegation find_delegation(const std::string& root, const std::string& own);

// The cgroup of version 2 in the text of /proc/PID/cgroup: "/user.slice/..."; "/" when there is
// none.
std::string path_in(std::string_view text);

// Lets the cgroup `path` hand `controller` down. False when it has none to hand down, or holds
// processes itself (cgroups(7), "no internal processes").
bool enable(const std::string& path, const std::string& controller);

// For limits that were asked for, or a slice of systemd's ("" without): `at_hand` if they can be
// had there, otherwise the scope of the user's containers (scope.hpp), into which this process
// moves. If neither can be had: `at_hand`, with the reason.
Delegation delegation_for(const std::vector<Setting>& settings, Delegation at_hand, uid_t uid,
                          const std::string& slice);
constexpr const char* kLeaf = "monitor";

// The cgroup that we are in, taken for delegated; its processes, this one too, move into its leaf.
Delegation split_own();

// What --cgroup-parent names by an absolute path. Nothing, with the reason, if it is not ours.
Delegation delegation_at(const std::string& path);

// Such a scope, in a slice of systemd's ("" for the usual one). Throws base::Error.
Delegation enter_scope(uid_t uid, const std::string& unit, const std::string& slice = "");

// The controllers of such a scope.
std::vector<std::string> controllers_of_scopes(uid_t uid);

// Puts this process where it may start others in the cgroup `path`, which lies in such a scope, or
// in a unit that was split. Nothing to do elsewhere. Throws base::Error.
void come_near(const std::string& path, uid_t uid);

}  // namespace cgroup
