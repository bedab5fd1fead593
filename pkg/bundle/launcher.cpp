#include "pkg/bundle/launcher.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/runtime/bind.hpp"
#include "pkg/runtime/launch.hpp"
#include "pkg/sys/caps.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/interruption.hpp"
#include "pkg/sys/mount.hpp"
#include "pkg/sys/namespaces.hpp"
#include "pkg/sys/socket.hpp"
#include "pkg/userns/maker.hpp"
#include "pkg/userns/mapping.hpp"
#include "pkg/userns/refusal.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bundle {
namespace {

using base::Json;

std::vector<userns::Extent> extents_of(const std::vector<oci::IdMapping>& mappings) {
  std::vector<userns::Extent> extents;
  for (const oci::IdMapping& mapping : mappings)
    extents.push_back({mapping.container_id, mapping.host_id, mapping.size});
  return extents;
}

bool is_alone(const std::vector<userns::Extent>& extents, std::uint32_t own) {
  return extents.size() == 1 && extents[0].count == 1 && extents[0].outside == own;
}

// Nothing said: all that this user may have.
userns::Mapping mapping_of(const oci::Spec& spec) {
  userns::Mapping mapping{extents_of(spec.uid_mappings), extents_of(spec.gid_mappings), ""};
  if (mapping.uids.empty()) {
    home::Home whose;
    whose.uid = ::geteuid();
    whose.gid = ::getegid();
    whose.user = std::to_string(whose.uid);
    mapping = userns::mapping_of(whose);
  }
  if (is_alone(mapping.uids, ::geteuid()) && is_alone(mapping.gids, ::getegid())) {
    mapping.reason = "the configuration maps a single one";
  }
  return mapping;
}

bool maps_root(const char* file) {
  const auto map = userns::parse_map(sys::read_file(file));
  return std::any_of(map.begin(), map.end(), [](const auto& one) { return one.inside == 0; });
}

// glibc's wrappers synchronise threads; we have none.
void become_root() {
  if (maps_root("/proc/self/gid_map")) ::syscall(SYS_setresgid, 0, 0, 0);
  if (maps_root("/proc/self/uid_map") && ::syscall(SYS_setresuid, 0, 0, 0) != 0) {
    throw base::SysError("become root in the user namespace");
  }
}

// Runs in the child.
class Launcher {
 public:
  explicit Launcher(const Launch& what) : what_(what), spec_(what.spec) {}

  runtime::Launched run() {
    cgroup_ = make_cgroup(spec_, what_.id, what_.cgroups);
    try {
      open_paths();
      if (is_able()) open_sources();
      enter();
      return launch();
    } catch (...) {
      leave_cgroup();
      throw;
    }
  }

  const MadeCgroup& cgroup() const { return cgroup_; }
  void leave_cgroup() const { remove_cgroup(cgroup_); }

 private:
  // Namespaces of others can be opened from where we are, and by their owner alone.
  void open_paths() {
    for (oci::Namespace& ns : spec_.namespaces) {
      if (ns.path.empty()) continue;
      opened_.push_back(sys::open_file(ns.path));
      if (ns.type == "user") {
        user_ = opened_.back().duplicate();
      } else {
        ns.path = sys::fd_path(opened_.back());
      }
    }
  }

  static bool is_able() {
    return (sys::effective_capabilities() & sys::capability_set({"SYS_ADMIN"})) != 0;
  }

  // Whoever may mount here does so before it enters a namespace that may see less.
  void open_sources() {
    root_ = open_root();
    if (spec_.find_namespace("user") == nullptr) return;
    sources_.resize(spec_.mounts.size());
    for (std::size_t i = 0; i < spec_.mounts.size(); ++i) {
      const oci::Mount& mount = spec_.mounts[i];
      const runtime::MountOptions options = runtime::parse_mount_options(mount.options);
      const bool is_bind = mount.type == "bind" || options.is_bind;
      if (!is_bind || options.copies_link) continue;
      try {
        sources_[i] = runtime::bind_mount(mount, true);
      } catch (base::Error& error) {
        error.during("mount " + mount.destination);
        throw;
      }
    }
  }

  sys::Fd open_root() const try {
    sys::Fd root = sys::copy_mount(spec_.root_path, true);
    const std::string& word = spec_.root_propagation;
    const bool is_cut_off = word.empty() || word.ends_with("private");
    sys::change_mount(root, 0, 0, is_cut_off ? MS_PRIVATE : MS_SLAVE);
    return root;
  } catch (base::Error& error) {
    error.during("root");
    throw;
  }

  void enter() {
    if (spec_.find_namespace("user") == nullptr) {
      if (!root_) {
        throw base::Error(
            "linux.namespaces: user: missing, and without root's rights nothing else can be made");
      }
      return;
    }
    const sys::Fd ns = user_ ? std::move(user_) : userns::make_namespace(mapping_of(spec_));
    if (::setns(ns.get(), CLONE_NEWUSER) != 0) {
      throw userns::refusal("enter the user namespace", errno);
    }
    become_root();
    // So that what belongs to us in /proc is not root's: offsets of clocks are written there.
    ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    sys::unshare(CLONE_NEWNS);
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
      throw base::SysError("change the propagation of /");
    }
    if (!root_) root_ = open_root();
  }

  runtime::Launched launch() const {
    const runtime::Namespaces none;
    const std::vector<runtime::Prepared> nothing;
    return runtime::launch({.spec = spec_,
                            .namespaces = none,
                            .root = root_,
                            .prepared = nothing,
                            .seccomp = what_.filter.program,
                            .cgroup = cgroup_.path,
                            .is_limited = !cgroup_.path.empty(),
                            .in = STDIN_FILENO,
                            .out = STDOUT_FILENO,
                            .err = STDERR_FILENO,
                            .sources = sources_,
                            .outside = what_.outside});
  }

  const Launch& what_;
  oci::Spec spec_;
  MadeCgroup cgroup_;
  sys::Fd root_;
  sys::Fd user_;
  std::vector<sys::Fd> opened_;
  std::vector<sys::Fd> sources_;
};

[[noreturn]] void work(const Launch& what, const sys::Fd& socket) {
  Json answer = Json::object();
  sys::Fd terminal;
  try {
    Launcher launcher(what);
    runtime::Launched launched = launcher.run();
    answer["pid"] = static_cast<std::int64_t>(launched.pid);
    answer["cgroup"] = launcher.cgroup().path;
    answer["cgroupTop"] = launcher.cgroup().top;
    terminal = std::move(launched.terminal);
  } catch (const base::Error& error) {
    answer["error"] = std::string(error.what());
    answer["status"] = error.status();
  } catch (const std::exception& error) {
    answer["error"] = std::string(error.what());
  }
  const int file = terminal.get();
  sys::send_message(socket, answer.dump(), {&file, terminal ? 1U : 0U});
  ::_exit(0);
}

}  // namespace

Launching launch(const Launch& what) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  auto [ours, theirs] = sys::make_socket_pair();
  const pid_t pid = ::fork();
  if (pid < 0) throw base::SysError("fork");
  if (pid == 0) {
    sys::forget_interruption();
    ours.reset();
    work(what, theirs);
  }
  sys::Child child(pid);
  theirs.reset();
  auto message = sys::receive_message(ours);
  child.wait();
  if (!message) throw base::Error("our process in the user namespace died");
  const Json answer = Json::parse(message->bytes);
  if (const Json* error = answer.find("error")) {
    throw base::Error(error->as_string(), static_cast<int>(answer.integer_or("status", 125)));
  }
  Launching launching;
  launching.pid = static_cast<pid_t>(answer.at("pid").as_integer());
  launching.cgroup = {answer.string_or("cgroup", ""), answer.string_or("cgroupTop", "")};
  if (!message->files.empty()) launching.terminal = std::move(message->files.front());
  return launching;
}

}  // namespace bundle
