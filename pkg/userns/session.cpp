#include "pkg/userns/session.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/namespaces.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/userns/enter.hpp"

#include <fmt/core.h>

#include <fcntl.h>
#include <sys/prctl.h>

namespace userns {
namespace {

std::string session_folder(const home::Home& home) {
  return home.runtime + "/session";
}

bool has_mapping(pid_t pid, const Mapping& mapping) {
  const std::string process = "/proc/" + std::to_string(pid);
  return parse_map(sys::find_file(process + "/uid_map").value_or("")) == mapping.uids &&
         parse_map(sys::find_file(process + "/gid_map").value_or("")) == mapping.gids;
}

std::optional<sys::ProcessName> read_holder(const std::string& folder, const std::string& name) {
  const auto pid = base::parse_integer(name);
  const auto start =
      base::parse_integer(base::trim(sys::find_file(folder + "/" + name).value_or("")));
  if (!pid || !start) return std::nullopt;
  return sys::ProcessName{static_cast<pid_t>(*pid), static_cast<std::uint64_t>(*start)};
}

// Somebody who is about to say when he began.
bool is_process(const std::string& name) {
  const auto pid = base::parse_integer(name);
  return pid && sys::find_process(static_cast<pid_t>(*pid));
}

std::optional<sys::Fd> namespace_of(const sys::ProcessName& holder, const Mapping& mapping) {
  if (!has_mapping(holder.pid, mapping)) return std::nullopt;
  std::optional<sys::Fd> ns = sys::find_namespace(holder.pid, "user");
  // Asked after opening: had the number changed hands, it would show now.
  if (!sys::is_alive(holder)) return std::nullopt;
  return ns;
}

}  // namespace

std::optional<sys::Fd> find_held_namespace(const home::Home& home, const Mapping& mapping) {
  const std::string folder = session_folder(home);
  for (const std::string& name : sys::list_dir(folder)) {
    const auto holder = read_holder(folder, name);
    if (!(holder ? sys::is_alive(*holder) : is_process(name))) {
      sys::remove_file(fmt::format("{}/{}", folder, name));
      continue;
    }
    if (!holder) continue;
    try {
      if (auto ns = namespace_of(*holder, mapping)) return ns;
    } catch (const base::SysError&) {
      continue;  // it went away, or is not ours to look at: another one, or a new namespace
    }
  }
  return std::nullopt;
}

std::vector<sys::ProcessName> holders(const home::Home& home) {
  std::vector<sys::ProcessName> holders;
  const std::string folder = session_folder(home);
  for (const std::string& name : sys::list_dir(folder)) {
    const auto holder = read_holder(folder, name);
    if (holder && sys::is_alive(*holder)) holders.push_back(*holder);
  }
  return holders;
}

void hold(const home::Home& home) {
  const auto self = sys::find_process(::getpid());
  if (!self) throw base::Error("find our own process");
  ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);  // so that /proc/PID/ns is open to our user
  const std::string folder = session_folder(home);
  sys::make_dir(folder, 0700);
  // Not by rename: who is killed leaves one file, by whose name it is seen that they are gone.
  const std::string file = fmt::format("{}/{}", folder, self->pid);
  sys::write_all(sys::open_file(file, O_WRONLY | O_CREAT | O_TRUNC, 0600),
                 std::to_string(self->start_time) + "\n");
}

void release(const home::Home& home) {
  sys::remove_file(session_folder(home) + "/" + std::to_string(::getpid()));
}

}  // namespace userns
