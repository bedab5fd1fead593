#pragma once

#include "pkg/oci/spec.hpp"
#include "pkg/runtime/exec.hpp"
#include "pkg/runtime/inside/enter.hpp"
#include "pkg/runtime/launch.hpp"
#include "pkg/runtime/plan.hpp"
#include "pkg/runtime/users.hpp"
#include "pkg/sys/fd.hpp"

#include <deque>
#include <string>
#include <vector>

namespace runtime {

// A plan and all that it points to. The child has its own copy of both after the clone.
struct Planned {
  Plan plan;
  sys::Fd terminal;  // master side

  std::deque<std::string> texts;
  std::deque<std::vector<MountParameter>> parameters;
  std::vector<sys::Fd> files;
  std::vector<MountPlan> mounts;
  std::vector<const char*> masked_paths;
  std::vector<const char*> read_only_paths;
  std::vector<LimitPlan> limits;
  std::vector<gid_t> groups;
  std::vector<const char*> candidates;
  std::vector<HookPlan> create_hooks;
  std::vector<HookPlan> start_hooks;
  std::deque<std::vector<char*>> lists;
  std::vector<char*> argv;
  std::vector<char*> envp;

  const char* keep(std::string text) { return texts.emplace_back(std::move(text)).c_str(); }
  int keep(sys::Fd file) { return files.emplace_back(std::move(file)).get(); }
};

// Everything that happens before exec, decided. Makes mount points in the root, opens what is
// mounted. Throws base::Error in the user's words.
Planned plan_container(const LaunchRequest& request);
Planned plan_command(const ExecRequest& request, const sys::Fd& root);

// Parts of these.
struct Streams {
  int in = -1;
  int out = -1;
  int err = -1;
};
void plan_mounts(const LaunchRequest& request, Planned& planned);
void plan_process(const oci::Process& process, const Identity& identity,
                  const seccomp::Program& filter, Planned& planned);
void plan_streams(const Streams& streams, Planned& planned);

// A list that ends with nullptr, as execve(2) wants it.
char* const* keep_list(const std::vector<std::string>& texts, Planned& planned);

// "net.ipv4.ip_forward" -> /proc/sys/net/ipv4/ip_forward.
std::string sysctl_path(std::string name);

}  // namespace runtime
