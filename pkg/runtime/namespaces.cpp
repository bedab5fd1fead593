#include "pkg/sys/namespaces.hpp"

#include "pkg/base/error.hpp"
#include "pkg/runtime/failure.hpp"
#include "pkg/runtime/inside/enter.hpp"
#include "pkg/runtime/launch.hpp"
#include "pkg/runtime/planner.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"

#include <array>
#include <csignal>

#include <sched.h>
#include <sys/syscall.h>

namespace runtime {
namespace {

constexpr std::size_t kStackSize = std::size_t{16} << 10U;

int clone_flags(const NamespacesWanted& wanted) {
  int flags = 0;
  if (wanted.net) flags |= CLONE_NEWNET;
  if (wanted.ipc) flags |= CLONE_NEWIPC;
  if (wanted.uts) flags |= CLONE_NEWUTS;
  if (wanted.pid) flags |= CLONE_NEWPID;
  return flags;
}

// Who stays needs memory of its own; who goes at once shares ours, so that nothing is copied.
pid_t clone_maker(const NamespacesWanted& wanted, inside::Making& making,
                  std::array<char, kStackSize>& stack) {
  const int memory = making.stays ? 0 : CLONE_VM;
  const int made = wanted.user ? 0 : CLONE_NEWUSER | clone_flags(wanted);
  return ::clone(inside::make_namespaces, stack.data() + stack.size(), memory | made | SIGCHLD,
                 &making);
}

void write_map(pid_t pid, const char* file, const std::vector<userns::Extent>& extents) {
  const std::string path = "/proc/" + std::to_string(pid) + "/" + file;
  sys::write_all(sys::open_file(path, O_WRONLY), userns::map_text(extents));
}

std::vector<userns::Extent> map_of(const std::vector<userns::Extent>& wanted,
                                   const std::vector<userns::Extent>& session) {
  return wanted.empty() ? userns::repeat(session) : userns::cut(wanted, session);
}

// A namespace of one id whose groups cannot change: nor can those of its children.
void write_maps(pid_t pid, const userns::Ids& ids, const userns::Mapping& session) {
  write_map(pid, "uid_map", map_of(ids.uids, session.uids));
  write_map(pid, "gid_map", map_of(ids.gids, session.gids));
}

Namespaces open_all(pid_t pid, const NamespacesWanted& wanted) {
  Namespaces made;
  made.user = sys::open_namespace(pid, "user");
  if (wanted.net) made.net = sys::open_namespace(pid, "net");
  if (wanted.ipc) made.ipc = sys::open_namespace(pid, "ipc");
  if (wanted.uts) made.uts = sys::open_namespace(pid, "uts");
  if (wanted.pid) made.pid = sys::open_namespace(pid, "pid");
  return made;
}

}  // namespace

std::string sysctl_path(std::string name) {
  for (char& character : name) {
    if (character == '.') character = '/';
  }
  if (name.find("//") != std::string::npos || name.starts_with('/')) {
    throw base::Error("sysctl " + name + ": not a name");
  }
  return "/proc/sys/" + name;
}

Namespaces make_namespaces(const NamespacesWanted& wanted, const userns::Mapping& session) try {
  std::vector<std::string> paths;
  for (const auto& [name, value] : wanted.sysctl)
    paths.push_back(sysctl_path(name));
  std::vector<MountParameter> sysctl;
  for (const auto& [name, value] : wanted.sysctl)
    sysctl.push_back({paths[sysctl.size()].c_str(), value.c_str()});
  sys::Pipe gate = sys::make_pipe();
  sys::Pipe report = sys::make_pipe();

  inside::Making making;
  making.hostname = wanted.uts && !wanted.hostname.empty() ? wanted.hostname.c_str() : nullptr;
  making.sysctl = {sysctl.data(), sysctl.size()};
  making.gate = gate.read.get();
  making.gate_end = gate.write.get();
  making.report = report.write.get();
  making.stays = wanted.pid;
  making.user = wanted.user ? wanted.user.get() : -1;
  making.flags = clone_flags(wanted);
  alignas(16) std::array<char, kStackSize> stack;  // NOLINT: nobody reads it before writing
  const pid_t pid = clone_maker(wanted, making, stack);
  if (pid < 0) throw base::SysError("clone");
  sys::Child maker(pid);
  report.write.reset();  // theirs alone: its end says that they are gone

  Namespaces made;
  if (!wanted.user) {
    write_maps(pid, wanted.ids, session);
    made = open_all(pid, wanted);
  }
  sys::write_all(gate.write, "g");
  const auto failure = read_failure(report.read);
  if (!failure) throw base::Error("the process that makes them was killed");
  if (failure->number != 0) throw to_error(*failure);
  if (wanted.user) made = open_all(pid, wanted);
  if (wanted.pid) made.pid_holder = maker.release();
  return made;
} catch (base::Error& error) {
  error.during("make namespaces");
  throw;
}

}  // namespace runtime
