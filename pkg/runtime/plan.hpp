#pragma once

#include <cstddef>
#include <cstdint>

#include <sys/resource.h>
#include <sys/types.h>

// What a container's first process has to do between clone and exec, decided beforehand, as plain
// data: numbers, open files and constant strings. Made by planner.cpp, walked in inside/.
namespace runtime {

// Some things in a row that somebody else owns.
template <typename Item>
struct List {
  const Item* items = nullptr;
  std::size_t count = 0;

  const Item* begin() const { return items; }
  const Item* end() const { return items + count; }
};

enum class Step : int {
  JoinNamespace,
  Clone,
  Hostname,
  Sysctl,
  Terminal,
  Root,
  Mount,
  Mask,
  ReadOnlyPath,
  Limits,
  Identity,
  Capabilities,
  Seccomp,
  WorkingDirectory,
  Exec,
  Hook,
  Schedule,
  Keyring,
  AppArmor,
  // No failures:
  ShowHostsProc,  // /proc could not be mounted, and is the one we have ourselves
  AtHooks,        // all is mounted; waits for the hooks of those outside
  AtGate,         // all is done but for the exec
};

// What a child reports through its pipe when a step fails.
struct Failure {
  Step step = Step::Clone;
  int number = 0;  // errno (0: a hook that ran and failed); ELIBACC of Exec: the file is there, but
                   // not its interpreter
  char subject[200] = {};  // what the step was about: a path, a command
};

// A namespace to be entered before the clone.
struct Join {
  int ns = -1;    // or a pidfd
  int kinds = 0;  // CLONE_NEW*
  const char* name = "";
};

struct MountParameter {
  const char* key = "";
  const char* value = nullptr;  // nullptr: a flag
};

struct MountPlan {
  const char* target = "";  // in the root, without links
  int mount = -1;           // a detached mount to be put there; -1: it is made here, of `type` ...
  const char* type = nullptr;
  List<MountParameter> parameters;
  unsigned attributes = 0;        // MOUNT_ATTR_*
  const char* source = nullptr;   // ... or is a copy of what is at this path of the root by then
  bool is_optional = false;       // go on without it when the kernel refuses
  bool may_be_hosts = false;      // or with what we have at that place ourselves, and say so
  bool is_hosts_else = false;     // the same without a word: it shows no more than ours does
  unsigned long propagation = 0;  // NOLINT(google-runtime-int): MS_*; 0: as it is
};

struct LimitPlan {
  const char* name = "";
  int resource = 0;
  rlimit limit{};
};

struct CapabilityPlan {
  std::uint64_t bounding = 0;
  std::uint64_t effective = 0;
  std::uint64_t permitted = 0;
  std::uint64_t inheritable = 0;
  std::uint64_t ambient = 0;
};

// A program of somebody else that is run on the way; gets the container's state as its input.
struct HookPlan {
  const char* path = "";
  char* const* argv = nullptr;
  char* const* envp = nullptr;
  int timeout_ms = -1;  // -1: none
};

// struct sched_attr of sched_setattr(2), which has no header of its own in every libc.
struct SchedulePlan {
  std::uint32_t size = 0;  // 0: stays as it is
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};

// A set of processors, one bit each.
struct ProcessorSet {
  static constexpr std::size_t kWords = 16;
  std::size_t size = 0;             // in bytes; 0: stays as it is
  std::uint64_t bits[kWords] = {};  // NOLINT(modernize-avoid-c-arrays)
};

// Where a filter's listener goes: a message to a socket, with the text that is in a file by then.
struct ListenerPlan {
  int socket = -1;
  int file = -1;
  char* text = nullptr;  // room for it
  std::size_t size = 0;
};

struct Plan {
  // Streams: become 0, 1 and 2.
  int in = -1;
  int out = -1;
  int err = -1;
  bool has_terminal = false;  // `in` is its slave side; becomes the controlling terminal

  int cgroup_namespace = -1;  // to be entered; -1: we are in it already
  int time_namespace = -1;
  const char* hostname = nullptr;
  const char* domainname = nullptr;
  List<MountParameter> sysctl;  // path below /proc/sys and text

  bool has_peers = false;  // mounts that others have, too, and that are not to be taken from them
  int root = -1;           // the detached root file system; -1: we are in it already
  List<MountPlan> mounts;
  bool mounts_in_turn = false;  // as /proc/self/mountinfo shows them, too
  List<const char*> masked_paths;
  List<const char*> read_only_paths;
  bool is_root_read_only = false;
  bool keeps_old_root = false;         // below the new one: chroot(2) instead of pivot_root(2)
  unsigned long root_propagation = 0;  // NOLINT(google-runtime-int): MS_*, as mount(2) has it

  // The file in which hooks and listeners find the container's state; whoever made us writes it.
  int state = -1;
  int hooks_gate = -1;  // a byte from here: the hooks of those outside have run
  List<HookPlan> create_hooks;
  List<HookPlan> start_hooks;

  List<LimitPlan> limits;
  const char* oom_score_adj = nullptr;
  bool needs_oom_score = false;  // not getting it is an error
  SchedulePlan schedule;
  int io_priority = -1;           // as ioprio_set(2) has it; -1: stays as it is
  ProcessorSet first_processors;  // until it is in its cgroup
  ProcessorSet processors;
  long personality = -1;          // NOLINT(google-runtime-int): -1: stays as it is
  const char* keyring = nullptr;  // name of a new session keyring
  const char* apparmor = nullptr;

  uid_t uid = 0;
  gid_t gid = 0;
  List<gid_t> groups;
  bool keeps_groups = false;
  bool needs_groups = false;  // not having them is an error
  mode_t umask = 022;
  CapabilityPlan capabilities;
  bool no_new_privileges = false;
  const char* filter = nullptr;  // struct sock_filter[]
  std::size_t filter_size = 0;   // in bytes
  unsigned filter_flags = 0;     // SECCOMP_FILTER_FLAG_*
  ListenerPlan listener;

  const char* directory = "/";
  bool dies_with_parent = false;
  bool has_init = false;
  unsigned kept_files = 0;       // so many from 3 on are for the program
  bool looks_first = false;      // whether there is a program is found out before the gate
  const char* name = "";         // argv[0], for messages
  List<const char*> candidates;  // files to execute: the first that exists
  char* const* argv = nullptr;
  char* const* envp = nullptr;

  int gate = -1;                 // a byte from here, then exec; an end of file means to give up
  int gate_end = -1;             // where that byte comes from: whoever made us has it alone
  int report = -1;               // takes a Failure; closes at exec
  bool says_when_ready = false;  // AtHooks and AtGate are reported, too
};

}  // namespace runtime
