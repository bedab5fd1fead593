#pragma once

#include "pkg/base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The member `process` of the OCI runtime configuration; runtime-spec, config.md, "Process".
namespace oci {

struct Rlimit {
  std::string type;  // "RLIMIT_NOFILE"
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
};

struct User {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> additional_gids;
  std::optional<std::uint32_t> umask;
  // Not in the specification: what the user typed ("www-data:staff"), resolved in the root file
  // system's /etc/passwd and /etc/group at start. When set it wins over the numbers above.
  std::string name;
  std::vector<std::string> additional_groups;  // names or numbers from --group-add
};

// Each just as it shall be: "CAP_CHOWN" ...
struct CapabilitySets {
  std::vector<std::string> bounding;
  std::vector<std::string> effective;
  std::vector<std::string> permitted;
  std::vector<std::string> inheritable;
  std::vector<std::string> ambient;
};

struct ConsoleSize {
  std::uint32_t height = 0;
  std::uint32_t width = 0;
};

// See sched_setattr(2); times are nanoseconds.
struct Scheduler {
  std::string policy;  // "SCHED_BATCH"
  std::int32_t nice = 0;
  std::int32_t priority = 0;
  std::vector<std::string> flags;  // "SCHED_FLAG_RESET_ON_FORK"
  std::uint64_t runtime = 0;
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};

struct IoPriority {
  std::string kind;  // "IOPRIO_CLASS_BE"
  std::int32_t priority = 0;
};

// Lists of processors ("0-1,3") for what `exec` starts: before it is in the container's cgroup, and
// from then on.
struct CpuAffinity {
  std::string initial;
  std::string final;
};

struct Process {
  bool terminal = false;
  std::optional<ConsoleSize> console_size;
  User user;
  std::vector<std::string> args;
  std::vector<std::string> env;
  std::string cwd = "/";
  bool make_cwd = false;  // not in the specification: made when missing, as an image's WORKDIR is
  std::vector<std::string> capabilities;          // bounding, effective, permitted: "CAP_CHOWN"
  std::vector<std::string> ambient_capabilities;  // also inheritable
  // In place of these two, which are fitted to the user: the very sets.
  std::optional<CapabilitySets> capability_sets;
  std::vector<Rlimit> rlimits;
  bool no_new_privileges = false;
  std::optional<int> oom_score_adj;
  std::string apparmor_profile;
  std::optional<Scheduler> scheduler;
  std::optional<IoPriority> io_priority;
  std::optional<CpuAffinity> exec_affinity;

  // Somebody else's words, to be taken to the letter: nothing is looked up in the image, nothing is
  // fitted to what this user may have, and what cannot be had is an error.
  bool is_literal = false;

  // Ours, with all that is not in the specification.
  static Process parse(const base::Json& json);
  // Somebody else's, literal. Throws base::Error naming the member that we do not honour.
  static Process parse_config(const base::Json& json);
  base::Json json() const;
};

}  // namespace oci
