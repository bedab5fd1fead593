// The maps of a user namespace are written from its parent, and an ordinary user needs the programs
// newuidmap and newgidmap for that, which take a process as their argument. So somebody has to be
// in the new namespace while we stay outside: a child that shares our memory (nothing to copy) and
// only sleeps. Both programs run at the same time. The namespace is then entered by descriptor.
#include "pkg/userns/maker.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/namespaces.hpp"
#include "pkg/userns/refusal.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace userns {
namespace {

constexpr std::size_t kStackSize = 4096;

// The parent may have been killed before we could ask to go with it.
int sleep_until_killed(void* parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  while (::getppid() == *static_cast<const pid_t*>(parent))
    ::pause();
  return 0;
}

// Alive as long as `stack` and `parent` are: the child runs on them.
sys::Child clone_sleeper(std::array<char, kStackSize>& stack, pid_t& parent) {
  parent = ::getpid();
  const pid_t pid = ::clone(sleep_until_killed, stack.data() + stack.size(),
                            CLONE_VM | CLONE_NEWUSER | SIGCHLD, &parent);
  if (pid < 0) throw refusal("make a user namespace", errno);
  return sys::Child(pid);
}

std::vector<std::string> arguments(const char* program, pid_t pid,
                                   const std::vector<Extent>& extents) {
  std::vector<std::string> argv{program, std::to_string(pid)};
  for (const Extent& extent : extents) {
    argv.push_back(std::to_string(extent.inside));
    argv.push_back(std::to_string(extent.outside));
    argv.push_back(std::to_string(extent.count));
  }
  return argv;
}

struct MapProgram {
  std::string name;
  sys::Pipe words;  // what it complains of
  sys::Child child;
};

MapProgram start_program(const char* name, pid_t pid, const std::vector<Extent>& extents) {
  MapProgram program{name, sys::make_pipe(), {}};
  sys::Child::Streams streams;
  streams.err = program.words.write.get();
  program.child = sys::Child::spawn(arguments(name, pid, extents), streams);
  program.words.write.reset();
  return program;
}

void finish_program(MapProgram& program) {
  if (program.child.wait() == 0) return;
  std::string words(base::trim(sys::read_all(program.words.read)));
  if (words.starts_with(program.name + ": ")) words.erase(0, program.name.size() + 2);
  throw base::Error(program.name + ": " + words + hint_for(EPERM));
}

void write_map(pid_t pid, const std::string& file, const std::string& text) try {
  const std::string path = "/proc/" + std::to_string(pid) + "/" + file;
  sys::write_all(sys::open_file(path, O_WRONLY), text);
} catch (const base::SysError& error) {
  throw refusal("write " + file, error.number());
}

// Root writes its maps itself, and so does who maps nobody but himself.
void write_maps(pid_t pid, const Mapping& mapping) {
  if (mapping.is_single() && ::geteuid() != 0) write_map(pid, "setgroups", "deny");
  write_map(pid, "uid_map", map_text(mapping.uids));
  write_map(pid, "gid_map", map_text(mapping.gids));
}

}  // namespace

sys::Fd make_namespace(const Mapping& mapping) {
  alignas(16) std::array<char, kStackSize> stack{};
  pid_t parent = 0;
  const sys::Child sleeper = clone_sleeper(stack, parent);
  if (mapping.is_single() || ::geteuid() == 0) {
    write_maps(sleeper.pid(), mapping);
  } else {
    MapProgram uids = start_program("newuidmap", sleeper.pid(), mapping.uids);
    MapProgram gids = start_program("newgidmap", sleeper.pid(), mapping.gids);
    finish_program(uids);
    finish_program(gids);
  }
  return sys::open_namespace(sleeper.pid(), "user");
}

}  // namespace userns
